import { ALL_FORMATS, BufferSource, Input } from "mediabunny";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CREATE_VIDEO, startTestGateway, type TestGateway, VIDEO_STATUS } from "./test-gateway.ts";

const DURATION_MS = 10_000;

let on: TestGateway;
beforeAll(async () => {
  on = await startTestGateway({ emulator: { durationMs: DURATION_MS } });
});
afterAll(() => on[Symbol.asyncDispose]());

interface Seen {
  id: string;
  status: string;
  version: number;
  url: string | null;
  lastCheckedAt: string | null;
  progress: { fraction: number } | null;
}

/** Watches a video to its end, and has the emulator's time pass whenever the video waits for it. */
async function watchToEnd(id: string, afterVersion: number | null = null): Promise<Seen[]> {
  const seen: Seen[] = [];
  const client = on.client();
  for await (const { data, errors } of client.iterate<{ videoStatus: Seen }>({
    query: VIDEO_STATUS,
    variables: { id, afterVersion },
  })) {
    expect(errors).toBeUndefined();
    const video = data?.videoStatus;
    if (video == null) throw new Error("an event without a video");
    const isNew = video.version !== seen.at(-1)?.version;
    seen.push(video);
    if (isNew && (video.status === "QUEUED" || video.status === "GENERATING"))
      on.emulator.clock.advance(DURATION_MS / 2);
  }
  return seen;
}

async function createVideo(input: Record<string, unknown>): Promise<Seen> {
  const { data, errors } = await on.graphql(CREATE_VIDEO, { input });
  expect(errors).toBeUndefined();
  return data.createVideo.video;
}

describe("one video, over GraphQL and a websocket", () => {
  let id: string;
  let seen: Seen[];
  let url: string;

  beforeAll(async () => {
    const created = await createVideo({ prompt: "a paper boat", durationSeconds: 4, aspectRatio: "PORTRAIT_9_16" });
    id = created.id;
    expect(created).toMatchObject({ status: "ACCEPTED", version: 1, url: null });
    seen = await watchToEnd(id);
    url = String(seen.at(-1)?.url);
  });

  test("is seen QUEUED, GENERATING, COMPLETED, in order, and the stream ends (invariant 7)", () => {
    const statuses = seen.map(({ status }) => status).filter((status, index, all) => status !== all[index - 1]);
    expect(statuses.slice(-3)).toEqual(["QUEUED", "GENERATING", "COMPLETED"]);
    const versions = seen.map(({ version }) => version);
    expect(versions).toEqual(versions.toSorted((a, b) => a - b));
    const fractions = seen.map(({ progress }) => progress?.fraction ?? 1);
    expect(fractions.slice(0, -1).every((fraction) => fraction >= 0 && fraction < 1)).toBe(true);
    expect(fractions.at(-1)).toBe(1);
  });

  test("is paid for once (invariant 2)", () => {
    expect(on.emulator.accepted).toHaveLength(1);
    // Charges land a moment after completion, by the emulator's clock.
    on.emulator.clock.advance(60_000);
    expect(on.emulator.charges).toHaveLength(1);
  });

  test("resumes after any version with exactly the versions after it (invariant 7)", async () => {
    const last = Number(seen.at(-1)?.version);
    for (let afterVersion = 0; afterVersion < last; afterVersion++) {
      const versions = (await watchToEnd(id, afterVersion)).map(({ version }) => version);
      expect(versions).toEqual(Array.from({ length: last - afterVersion }, (_, index) => afterVersion + 1 + index));
    }
    expect(await watchToEnd(id, last)).toEqual([]);
  });

  test("has a file with H.264 and AAC, of the size and length asked for, read back from the container", async () => {
    expect(url).toMatch(`${on.url}/files/${id}.mp4?signature=`);
    const response = await fetch(url);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("video/mp4");
    const input = new Input({ formats: ALL_FORMATS, source: new BufferSource(await response.arrayBuffer()) });
    const video = await input.getPrimaryVideoTrack();
    const audio = await input.getPrimaryAudioTrack();
    expect(await video?.getCodec()).toBe("avc");
    expect(await audio?.getCodec()).toBe("aac");
    expect([await video?.getDisplayWidth(), await video?.getDisplayHeight()]).toEqual([720, 1280]);
    expect(await video?.computeDuration()).toBeCloseTo(4, 1);
  });

  describe("its file answers", () => {
    let whole: Uint8Array;
    let headers: Headers;

    beforeAll(async () => {
      const response = await fetch(url);
      headers = response.headers;
      whole = new Uint8Array(await response.arrayBuffer());
    });

    const get = (requestHeaders: Record<string, string>, method = "GET") =>
      fetch(url, { method, headers: requestHeaders });

    test("HEAD with the headers of a GET, and no body", async () => {
      const response = await get({ range: "bytes=0-9" }, "HEAD");
      expect(response.status).toBe(200);
      expect(response.headers.get("content-length")).toBe(String(whole.length));
      expect(response.headers.get("etag")).toBe(headers.get("etag"));
      expect(response.headers.get("accept-ranges")).toBe("bytes");
      expect(await response.bytes()).toHaveLength(0);
    });

    test.each([
      ["bytes=0-99", 0, 100],
      ["bytes=100-199", 100, 200],
      ["bytes=-50", -50, undefined],
    ])("Range: %s with 206 and those bytes", async (range, start, end) => {
      const response = await get({ range });
      expect(response.status).toBe(206);
      const part = await response.bytes();
      expect(part).toEqual(whole.slice(start, end));
      const first = start < 0 ? whole.length + start : start;
      expect(response.headers.get("content-range")).toBe(`bytes ${first}-${first + part.length - 1}/${whole.length}`);
    });

    test("a range beyond its end with 416, and says how long it is", async () => {
      const response = await get({ range: `bytes=${whole.length}-` });
      expect(response.status).toBe(416);
      expect(response.headers.get("content-range")).toBe(`bytes */${whole.length}`);
      await response.body?.cancel();
    });

    test("If-Range of another file with the whole file", async () => {
      const response = await get({ range: "bytes=0-9", "if-range": '"another"' });
      expect(response.status).toBe(200);
      expect(await response.bytes()).toHaveLength(whole.length);
      const same = await get({ range: "bytes=0-9", "if-range": String(headers.get("etag")) });
      expect(same.status).toBe(206);
      await same.body?.cancel();
    });

    test("If-None-Match and If-Modified-Since with 304", async () => {
      expect((await get({ "if-none-match": `"x", W/${headers.get("etag")}` })).status).toBe(304);
      expect((await get({ "if-modified-since": String(headers.get("last-modified")) })).status).toBe(304);
      const older = await get({ "if-modified-since": new Date(0).toUTCString() });
      expect(older.status).toBe(200);
      await older.body?.cancel();
    });

    test("?download=1 as something to save, and otherwise as something to play", async () => {
      expect(headers.get("content-disposition")).toBe(`inline; filename="${id}.mp4"`);
      expect(headers.get("cache-control")).toContain("immutable");
      const response = await fetch(`${url}&download=1`, { method: "HEAD" });
      expect(response.headers.get("content-disposition")).toBe(`attachment; filename="${id}.mp4"`);
    });

    test.each([
      ["without a signature", () => url.replace(/\?.*/, "")],
      ["with another signature", () => `${url.slice(0, -1)}${url.endsWith("A") ? "B" : "A"}`],
      ["of another video", () => url.replace(id, `${id.slice(0, -1)}${id.endsWith("0") ? "1" : "0"}`)],
      ["outside the files", () => `${on.url}/files/..%2Fdatabase?signature=x`],
    ])("an address %s with 404 in JSON (invariant 9)", async (_what, address) => {
      const response = await fetch(address());
      expect(response.status).toBe(404);
      expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: "NOT_FOUND" } }] });
    });
  });

  test("shows in videoActivity as it changes", async () => {
    const client = on.client();
    const activity = client.iterate<{ videoActivity: Seen }>({
      query: "subscription { videoActivity { id status version } }",
    });
    const first = activity.next();
    // The subscription is under way once the socket has answered something sent after it.
    await client.iterate({ query: "{ models { id } }" }).next();
    const created = await createVideo({ prompt: "a kite" });
    expect((await first).value?.data?.videoActivity.id).toBe(created.id);
    await activity.return?.();
    await on.graphql("mutation ($id: ID!) { cancelVideo(id: $id) { upstreamMayStillCharge } }", { id: created.id });
  });
});

describe("what cannot be watched is an error of that operation, and the socket goes on", () => {
  const unknown = "video_01kaqg3v7hf0ctq9x2d3s8g4rn";

  test.each([
    ["an unknown id", { id: unknown }, "NOT_FOUND"],
    ["no id of a video", { id: "nonsense" }, "NOT_FOUND"],
    ["a negative version", { id: unknown, afterVersion: -1 }, "BAD_INPUT"],
    ["a version that is text", { id: unknown, afterVersion: "x" }, "BAD_USER_INPUT"],
  ])("%s", async (_what, variables, code) => {
    const client = on.client();
    await expect(client.iterate({ query: VIDEO_STATUS, variables }).next()).rejects.toMatchObject([
      { extensions: { code } },
    ]);
    const after = await client.iterate({ query: "{ models { isDefault } }" }).next();
    expect(after.value).toEqual({ data: { models: [{ isDefault: true }] } });
  });

  test("a document that is not GraphQL, or does not fit the schema", async () => {
    const client = on.client();
    const codeOf = (query: string) => client.iterate({ query }).next();
    await expect(codeOf("subscription {")).rejects.toMatchObject([{ extensions: { code: "GRAPHQL_PARSE_FAILED" } }]);
    await expect(codeOf("{ nothing }")).rejects.toMatchObject([{ extensions: { code: "GRAPHQL_VALIDATION_FAILED" } }]);
  });
});

describe("createVideo", () => {
  test("with the same idempotency key and input answers the same video; with another input it is an error (invariant 4)", async () => {
    const input = { prompt: "a lighthouse", idempotencyKey: "one" };
    const first = (await on.graphql(CREATE_VIDEO, { input })).data.createVideo;
    const second = (await on.graphql(CREATE_VIDEO, { input: { ...input, resolution: "P720" } })).data.createVideo;
    expect([first.reused, second.reused]).toEqual([false, true]);
    expect(second.video.id).toBe(first.video.id);
    const third = await on.graphql(CREATE_VIDEO, { input: { ...input, prompt: "another" } });
    expect(third.errors?.[0]).toMatchObject({ path: ["createVideo"], extensions: { code: "IDEMPOTENCY_CONFLICT" } });
  });

  test("tells every problem of its input, each with its path", async () => {
    const input = { prompt: " ", durationSeconds: 5, imageUrl: "ftp://example.com/a.png" };
    const { errors, status } = await on.graphql(CREATE_VIDEO, { input });
    expect(status).toBe(200);
    expect(errors?.[0]?.extensions).toEqual({
      code: "BAD_INPUT",
      issues: [
        { path: ["prompt"], message: expect.any(String) },
        { path: ["imageUrl"], message: expect.any(String) },
        { path: ["durationSeconds"], message: expect.any(String) },
      ],
    });
  });
});
