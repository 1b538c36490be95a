import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CREATE_VIDEO, startTestGateway, type TestGateway } from "./test-gateway.ts";

const VIDEOS = /* GraphQL */ `
  query Videos($first: Int, $after: String, $last: Int, $before: String, $filter: VideoFilter) {
    videos(first: $first, after: $after, last: $last, before: $before, filter: $filter) {
      edges { cursor node { id } }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    }
  }
`;

let on: TestGateway;
/** Newest first. */
const ids: string[] = [];

beforeAll(async () => {
  on = await startTestGateway();
  for (let index = 0; index < 7; index++) {
    const input = { prompt: `number ${index}`, externalId: `external-${index}`, idempotencyKey: `key-${index}` };
    ids.unshift((await on.graphql(CREATE_VIDEO, { input })).data.createVideo.video.id);
  }
});
afterAll(() => on[Symbol.asyncDispose]());

async function page(variables: Record<string, unknown>) {
  const { data, errors } = await on.graphql(VIDEOS, variables);
  expect(errors).toBeUndefined();
  const { edges, pageInfo } = data.videos;
  return { ids: edges.map(({ node }: { node: { id: string } }) => node.id), pageInfo };
}

describe("videos", () => {
  test("are listed newest first, and can be paged forwards to the end", async () => {
    const seen: string[] = [];
    let after: string | null = null;
    for (;;) {
      const { ids: found, pageInfo } = await page({ first: 3, after });
      seen.push(...found);
      if (!pageInfo.hasNextPage) break;
      after = pageInfo.endCursor;
    }
    expect(seen).toEqual(ids);
  });

  test("can be paged backwards to the beginning, each page newest first", async () => {
    const seen: string[] = [];
    let before: string | null = null;
    for (;;) {
      const { ids: found, pageInfo } = await page({ last: 3, before });
      seen.unshift(...found);
      if (!pageInfo.hasPreviousPage) break;
      before = pageInfo.startCursor;
    }
    expect(seen).toEqual(ids);
  });

  test("between two cursors", async () => {
    expect((await page({ first: 10, after: ids[1], before: ids[5] })).ids).toEqual(ids.slice(2, 5));
    expect((await page({ last: 2, after: ids[1], before: ids[5] })).ids).toEqual(ids.slice(3, 5));
  });

  test("an empty page has no cursors", async () => {
    const { ids: found, pageInfo } = await page({ filter: { externalId: "nobody's" } });
    expect(found).toEqual([]);
    expect(pageInfo).toEqual({ hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null });
  });

  test("are filtered by external id, idempotency key, what they contain, status and time", async () => {
    expect((await page({ filter: { search: "NUMBER 3" } })).ids).toEqual([ids[3]]);
    expect((await page({ filter: { search: "Nal-3" } })).ids).toEqual([ids[3]]);
    expect((await page({ filter: { search: "external" }, first: 2, after: ids[1] })).ids).toEqual(ids.slice(2, 4));
    expect((await page({ filter: { search: "key-3" } })).ids).toEqual([]);
    expect((await page({ filter: { externalId: "external-2" } })).ids).toEqual([ids[4]]);
    expect((await page({ filter: { idempotencyKey: "key-6" } })).ids).toEqual([ids[0]]);
    expect((await page({ filter: { status: ["COMPLETED"] } })).ids).toEqual([]);
    expect((await page({ filter: { createdAfter: "2020-01-01T00:00:00Z" } })).ids).toEqual(ids);
    expect((await page({ filter: { createdBefore: "2020-01-01T01:00:00+01:00" } })).ids).toEqual([]);
  });

  test.each([
    [{ first: 0 }, ["first"]],
    [{ first: -1 }, ["first"]],
    [{ first: 101 }, ["first"]],
    [{ last: 0 }, ["last"]],
    [{ first: 1, last: 1 }, ["last"]],
    [{ after: "nonsense" }, ["after"]],
    [{ before: "" }, ["before"]],
    [{ filter: { status: [] } }, ["filter", "status"]],
    [{ filter: { search: "" } }, ["filter", "search"]],
    [{ filter: { search: "x".repeat(201) } }, ["filter", "search"]],
  ])("%j is BAD_INPUT", async (variables, path) => {
    const { errors } = await on.graphql(VIDEOS, variables);
    expect(errors?.[0]?.extensions).toMatchObject({ code: "BAD_INPUT", issues: [{ path }] });
  });

  test("a hundred times in one operation, but not as many searches, each of which may read all prompts", async () => {
    const times = (count: number, filter: string) => {
      const one = (_: unknown, index: number) => `a${index}: videos(first: 1, filter: ${filter}) { nodes { id } }`;
      return on.graphql(`{ ${Array.from({ length: count }, one).join(" ")} }`);
    };
    for (const [count, filter] of [
      [100, '{ externalId: "external-2" }'],
      [10, '{ search: "boat" }'],
    ] as const) {
      expect(await times(count, filter)).not.toHaveProperty("errors");
    }
    const { errors } = await times(21, '{ search: "boat" }');
    expect(errors).toMatchObject([{ extensions: { code: "BAD_INPUT" } }]);
  });

  test("a filter's time without a zone is no DateTime", async () => {
    const { errors } = await on.graphql(VIDEOS, { filter: { createdAfter: "2020-01-01T00:00:00" } });
    expect(errors?.[0]?.extensions.code).toBe("BAD_USER_INPUT");
  });
});

describe("a video's id is a global id", () => {
  test("video, node and nodes find it; anything else is null", async () => {
    const { data, errors } = await on.graphql(
      `query ($id: ID!, $ids: [ID!]!) {
        video(id: $id) { id prompt }
        node(id: $id) { __typename id ... on Video { prompt } }
        nothing: node(id: "nonsense") { id }
        unknown: video(id: "video_01kaqg3v7hf0ctq9x2d3s8g4rn") { id }
        nodes(ids: $ids) { id }
      }`,
      { id: ids[0], ids: [ids[1], "nonsense", ids[0], ids[1]] },
    );
    expect(errors).toBeUndefined();
    expect(data).toEqual({
      video: { id: ids[0], prompt: "number 6" },
      node: { __typename: "Video", id: ids[0], prompt: "number 6" },
      nothing: null,
      unknown: null,
      nodes: [{ id: ids[1] }, null, { id: ids[0] }, { id: ids[1] }],
    });
  });

  test("nodes takes at most 100 ids", async () => {
    const { errors } = await on.graphql("query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", {
      ids: Array(101).fill("x"),
    });
    expect(errors?.[0]?.extensions).toMatchObject({ code: "BAD_INPUT", issues: [{ path: ["ids"] }] });
  });
});

describe("cancelVideo", () => {
  const CANCEL = "mutation ($id: ID!) { cancelVideo(id: $id) { upstreamMayStillCharge video { status version } } }";

  test("ends a video, answers the same again, and knows no other's", async () => {
    const first = await on.graphql(CANCEL, { id: ids[3] });
    expect(first.data.cancelVideo.video.status).toBe("CANCELED");
    expect((await on.graphql(CANCEL, { id: ids[3] })).data).toEqual(first.data);
    const unknown = await on.graphql(CANCEL, { id: "video_01kaqg3v7hf0ctq9x2d3s8g4rn" });
    expect(unknown.errors?.[0]).toMatchObject({ extensions: { code: "NOT_FOUND" }, path: ["cancelVideo"] });
  });
});

describe("the limits of one operation", () => {
  test("a full page of everything but images is within them, and nine videos with theirs", async () => {
    const everything = `id prompt model aspectRatio resolution durationSeconds generateAudio personGeneration
      idempotencyKey externalId status version waitingReason url sourceUrl error { code message retryable billed }
      progress { fraction estimatedCompletionAt } cost { estimatedUsd chargedUsd credits } generationId
      createdAt submittedAt lastCheckedAt finishedAt updatedAt`;
    const { data, errors } = await on.graphql(`{ videos(first: 100) { edges { cursor node { ${everything} } } } }`);
    expect(errors).toBeUndefined();
    const withImages = async (first: number) =>
      (await on.graphql(`{ videos(first: ${first}) { nodes { imageUrl lastImageUrl } } }`)).errors?.[0]?.extensions
        .code;
    expect([await withImages(9), await withImages(100)]).toEqual([undefined, "BAD_INPUT"]);
    expect(data.videos.edges).toHaveLength(ids.length);
    expect(data.videos.edges[0].node).toMatchObject({ cost: { estimatedUsd: expect.any(Number) }, resolution: "P720" });
  });

  test("what asks for far more is BAD_INPUT", async () => {
    const lists = Array.from({ length: 200 }, (_, index) => `l${index}: videos(first: 100) { edges { node { id } } }`);
    const { errors } = await on.graphql(`{ ${lists.join(" ")} }`);
    expect(errors?.[0]?.extensions.code).toBe("BAD_INPUT");
  });

  test("models tells what can be asked for", async () => {
    const { data } = await on.graphql(
      "{ models { id aliases isEmulated durationsSeconds aspectRatios resolutions maxImageBytes } }",
    );
    expect(data.models).toEqual([
      {
        id: "google/veo-3.1-lite-generate-001",
        aliases: ["veo-3.1-lite-generate-001"],
        isEmulated: false,
        durationsSeconds: [4, 6, 8],
        aspectRatios: ["LANDSCAPE_16_9", "PORTRAIT_9_16"],
        resolutions: ["P720", "P1080"],
        maxImageBytes: 10_485_760,
      },
    ]);
  });
});
