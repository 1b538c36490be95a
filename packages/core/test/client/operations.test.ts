import { describe, expect, expectTypeOf, test } from "vitest";
import {
  type CreatedVideo,
  type Model,
  type Quote,
  ReelwireError,
  type TypedDocument,
  type Usage,
  type Video,
} from "../../src/client/index.ts";
import { at, completed, ID, quickClient, tokens } from "./client-fixtures.ts";
import { answer, cutAnswer, gatewayError, ScriptedGateway, silent, UPLOADED } from "./scripted-gateway.ts";

/** The error that a call ends with. */
async function failure(call: Promise<unknown>): Promise<ReelwireError> {
  const error = await call.then(
    () => null,
    (error: unknown) => error,
  );
  if (error instanceof ReelwireError) return error;
  throw new Error("It did not fail with a ReelwireError.", { cause: error });
}

describe("each operation", () => {
  test("createVideo sends the input with a key, and answers with the video", async () => {
    await using gateway = await ScriptedGateway.start();
    using client = quickClient(gateway.url);
    gateway.roots = { createVideo: () => ({ video: at(1), reused: false }) };
    const input = { prompt: "A paper boat", resolution: "P1080", imageUrl: null } as const;
    const created = await client.createVideo(input);
    expectTypeOf(created).toEqualTypeOf<CreatedVideo>();
    expect(created).toEqual({ video: at(1), reused: false, accessToken: null });
    const idempotencyKey = expect.stringMatching(/^[0-9a-f]{32}$/);
    expect(gateway.operations.map(({ variables }) => variables)).toEqual([{ input: { ...input, idempotencyKey } }]);
  });

  test("createVideo keeps a key that is given, and says whether it was used before", async () => {
    await using gateway = await ScriptedGateway.start();
    using client = quickClient(gateway.url);
    gateway.roots = { createVideo: () => ({ video: at(1), reused: true }) };
    expect((await client.createVideo({ prompt: "A paper boat", idempotencyKey: "order-1" })).reused).toBe(true);
    expect(gateway.operations[0]?.variables).toEqual({ input: { prompt: "A paper boat", idempotencyKey: "order-1" } });
  });

  test("createVideo answers with a token for the video, where the gateway gives one", async () => {
    await using gateway = await ScriptedGateway.start();
    using client = quickClient(gateway.url);
    const accessToken = { token: "only.this.video", expiresAt: "2026-11-22T10:00:00.000Z" };
    gateway.roots = { createVideo: () => ({ video: at(1), reused: false, accessToken }) };
    expect((await client.createVideo({ prompt: "A paper boat" })).accessToken).toEqual(accessToken);
  });

  test("quoteVideo", async () => {
    await using gateway = await ScriptedGateway.start();
    using client = quickClient(gateway.url);
    const basis = { kind: "VARIANTS", price: 0.1, unit: "second", per: 1, units: 8, asOf: "2026-11-22T09:00:00.000Z" };
    gateway.roots = { quoteVideo: () => ({ usd: 0.8, basis }) };
    const quote = await client.quoteVideo({ prompt: "A paper boat" });
    expectTypeOf(quote).toEqualTypeOf<Quote>();
    expect(quote).toEqual({ usd: 0.8, basis });
    expect(gateway.operations[0]?.variables).toEqual({ input: { prompt: "A paper boat" } });
  });

  test("video", async () => {
    await using gateway = await ScriptedGateway.start();
    using client = quickClient(gateway.url);
    gateway.tell(completed(2));
    expect(await client.video(ID)).toEqual(completed(2));
    expect(await client.video("video_other")).toBeNull();
  });

  test("videos", async () => {
    await using gateway = await ScriptedGateway.start();
    using client = quickClient(gateway.url);
    const page = {
      nodes: [at(1)],
      pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: "a", endCursor: "a" },
    };
    gateway.roots = { videos: () => page };
    expect(await client.videos()).toEqual(page);
    await client.videos({ first: 5, filter: { status: ["COMPLETED"] } });
    expect(gateway.operations[1]?.variables).toEqual({ first: 5, filter: { status: ["COMPLETED"] } });
  });

  test("cancelVideo", async () => {
    await using gateway = await ScriptedGateway.start();
    using client = quickClient(gateway.url);
    const answered = { video: at(2, 0, { status: "CANCELED" }), upstreamMayStillCharge: true };
    gateway.roots = { cancelVideo: () => answered };
    expect(await client.cancelVideo(ID)).toEqual(answered);
  });

  test("models", async () => {
    await using gateway = await ScriptedGateway.start();
    using client = quickClient(gateway.url);
    const model: Model = {
      id: "google/veo-3.1-lite-generate-001",
      name: "Veo 3.1 Lite",
      aliases: [],
      isDefault: true,
      isEmulated: false,
      aspectRatios: ["LANDSCAPE_16_9"],
      resolutions: ["P720"],
      durationsSeconds: [4, 6, 8],
      personGenerations: ["ALLOW_ADULT"],
      maxPromptCharacters: 20_000,
      maxImageBytes: 10_485_760,
    };
    gateway.roots = { models: () => [model] };
    expect(await client.models()).toEqual([model]);
  });

  test("usage", async () => {
    await using gateway = await ScriptedGateway.start();
    using client = quickClient(gateway.url);
    const day = "2026-11-22T00:00:00.000Z";
    const spent = { videos: 3, completed: 2, seconds: 16, spentUsd: 0.8, heldUsd: 0.4 };
    const usage: Usage = { day, model: null, keyId: null, subject: null, ...spent };
    gateway.roots = { usage: () => [usage] };
    const period = { from: day, to: "2026-11-23T00:00:00.000Z" };
    expect(await client.usage({ ...period, groupBy: ["DAY"] })).toEqual([usage]);
    expect(await client.usage(period)).toEqual([usage]);
    expect(gateway.operations.map(({ variables }) => variables)).toEqual([{ ...period, groupBy: ["DAY"] }, period]);
  });

  test("uploadImage sends its bytes and their type beside the API, with the token", async () => {
    await using gateway = await ScriptedGateway.start();
    using client = quickClient(gateway.url, { token: "rwk_secret" });
    const image = new Blob(["image"], { type: "image/png" });
    expect(await client.uploadImage(image)).toEqual(UPLOADED);
    expect(await client.uploadImage(new Blob(["image"]))).toEqual(UPLOADED);
    const bytes = Buffer.from("image");
    expect(gateway.uploads).toEqual([
      { type: "image/png", bytes },
      { type: "application/octet-stream", bytes },
    ]);
    expect(gateway.authorizations).toEqual(["Bearer rwk_secret", "Bearer rwk_secret"]);
  });

  test("request sends what the client has no call for, with types where the document has them", async () => {
    await using gateway = await ScriptedGateway.start();
    using client = quickClient(gateway.url);
    gateway.tell(at(1));
    const document: TypedDocument<{ video: Pick<Video, "prompt"> | null }, { id: string }> =
      "query ($id: ID!) { video(id: $id) { prompt } }";
    const typed = await client.request(document, { id: ID });
    expectTypeOf(typed).toEqualTypeOf<{ video: Pick<Video, "prompt"> | null }>();
    expect(typed).toEqual({ video: { prompt: "A paper boat" } });
    expect(await client.request("{ __typename }", {})).toEqual({ __typename: "Query" });
  });
});

describe("what fails", () => {
  test("with the gateway's code and issues", async () => {
    await using gateway = await ScriptedGateway.start();
    using client = quickClient(gateway.url);
    const issues = [{ path: ["prompt"], message: "Say what the video should show." }];
    gateway.roots = { createVideo: () => gatewayError("BAD_INPUT", "prompt: Say it.", { issues }) };
    const error = await failure(client.createVideo({ prompt: "" }));
    expect(error).toMatchObject({ code: "BAD_INPUT", message: "prompt: Say it.", issues, retryable: false });
    expect(gateway.operations).toHaveLength(1);
  });

  test("with the budget that was exceeded", async () => {
    await using gateway = await ScriptedGateway.start();
    using client = quickClient(gateway.url);
    const budget = { kind: "SUBJECT", period: "DAY", limitUsd: 5, leftUsd: 0.4, renewsAt: "2026-11-23T00:00:00.000Z" };
    gateway.roots = { createVideo: () => gatewayError("BUDGET_EXCEEDED", "Too much.", { budget }) };
    const error = await failure(client.createVideo({ prompt: "A paper boat" }));
    expect(error).toMatchObject({ code: "BUDGET_EXCEEDED", retryable: false, retryAfterMs: null, budget });
    expect(gateway.operations).toHaveLength(1);
  });

  test("with the time after which there may be room, where that is longer than any wait", async () => {
    await using gateway = await ScriptedGateway.start();
    using client = quickClient(gateway.url);
    gateway.replies.push(answer(429, { errors: [gatewayError("RATE_LIMITED", "Slower.", { retryAfterSeconds: 30 })] }));
    const error = await failure(client.models());
    expect(error).toMatchObject({ code: "RATE_LIMITED", retryable: true, retryAfterMs: 30_000, budget: null });
    expect(gateway.operations).toHaveLength(1);
  });

  test("with the request's id, where the gateway itself failed", async () => {
    await using gateway = await ScriptedGateway.start();
    using client = quickClient(gateway.url);
    gateway.roots = { models: () => gatewayError("INTERNAL", "Oh.", { requestId: "r-1" }) };
    expect(await failure(client.models())).toMatchObject({ code: "INTERNAL", requestId: "r-1", retryable: false });
  });

  test.each([
    ["a page", answer(404, "<html>Not found</html>", "text/html"), false],
    ["other JSON", answer(200, { hello: "world" }), false],
    ["JSON that is no object", answer(200, "null"), false],
    ["nothing", answer(204, ""), false],
    ["a proxy in front of a gateway that is down", answer(502, "Bad Gateway", "text/plain"), true],
    ["somebody who counts requests", answer(429, "Slow down", "text/plain"), true],
  ])("by an answer that is %s", async (_, reply, retryable) => {
    await using gateway = await ScriptedGateway.start();
    using client = quickClient(gateway.url, { retries: 0 });
    gateway.replies.push(reply);
    expect(await failure(client.models())).toMatchObject({ code: "BAD_ANSWER", retryable });
  });

  test("when nobody listens", async () => {
    const gateway = await ScriptedGateway.start();
    const { url } = gateway;
    await gateway[Symbol.asyncDispose]();
    using client = quickClient(url);
    expect(await failure(client.models())).toMatchObject({ code: "NETWORK", retryable: true });
  });

  test("when no answer comes in time", async () => {
    await using gateway = await ScriptedGateway.start();
    using client = quickClient(gateway.url, { timeoutMs: 20, retries: 0 });
    gateway.replies.push(silent);
    expect(await failure(client.models())).toMatchObject({ code: "NETWORK", retryable: true });
  });

  test("by the caller's signal, with its reason", async () => {
    await using gateway = await ScriptedGateway.start();
    using client = quickClient(gateway.url);
    const controller = new AbortController();
    gateway.replies.push(() => controller.abort(new Error("Enough.")));
    await expect(client.models({ signal: controller.signal })).rejects.toThrow("Enough.");
    await expect(client.models({ signal: controller.signal })).rejects.toThrow("Enough.");
    expect(gateway.operations).toHaveLength(1);
  });

  test("by an address that is none", () => {
    expect(() => quickClient("/graphql")).toThrow(TypeError);
    expect(() => quickClient("ftp://example.com/graphql")).toThrow(TypeError);
  });
});

describe("what is tried again", () => {
  test("createVideo, with the same key each time: it is one video (invariant 4)", async () => {
    await using gateway = await ScriptedGateway.start();
    using client = quickClient(gateway.url);
    gateway.replies.push(cutAnswer, answer(503, { errors: [gatewayError("UNAVAILABLE")] }), answer(502, ""));
    gateway.roots = { createVideo: () => ({ video: at(1), reused: true }) };
    // It was not there before this call was made.
    expect(await client.createVideo({ prompt: "A paper boat" })).toMatchObject({ video: at(1), reused: false });
    const sent = gateway.operations.map(({ variables }) => variables);
    expect(sent).toHaveLength(4);
    for (const variables of sent) expect(variables).toEqual(sent[0]);
  });

  test("no more often than said", async () => {
    await using gateway = await ScriptedGateway.start();
    using client = quickClient(gateway.url, { retries: 2 });
    gateway.replies.push(cutAnswer, cutAnswer, cutAnswer);
    expect(await failure(client.models())).toMatchObject({ code: "NETWORK" });
    expect(gateway.operations).toHaveLength(3);
  });

  test("uploadImage, also with another token", async () => {
    await using gateway = await ScriptedGateway.start();
    const { token, given } = tokens();
    using client = quickClient(gateway.url, { token });
    gateway.replies.push(cutAnswer, answer(503, { errors: [gatewayError("UNAVAILABLE")] }));
    gateway.admits = (sent) => (sent === "t1" ? false : null);
    expect(await client.uploadImage(new Blob(["image"]))).toEqual(UPLOADED);
    expect([given, gateway.uploads.length]).toEqual([["t1", "t2"], 4]);
  });

  test("not an image that is refused", async () => {
    await using gateway = await ScriptedGateway.start();
    using client = quickClient(gateway.url);
    const issues = [{ path: [], message: "An image is at least 720 pixels high." }];
    gateway.replies.push(answer(400, { errors: [gatewayError("BAD_INPUT", "Too small.", { issues })] }));
    const error = await failure(client.uploadImage(new Blob(["image"])));
    expect(error).toMatchObject({ code: "BAD_INPUT", issues, retryable: false });
    gateway.replies.push(answer(200, { hello: "world" }));
    expect(await failure(client.uploadImage(new Blob(["image"])))).toMatchObject({ code: "BAD_ANSWER" });
    expect(gateway.uploads).toHaveLength(2);
  });

  test("not once the signal has aborted", async () => {
    await using gateway = await ScriptedGateway.start();
    using client = quickClient(gateway.url, { retryDelayMs: 3_600_000, maxRetryDelayMs: 3_600_000 });
    const controller = new AbortController();
    const waiting = client.models({ signal: controller.signal });
    gateway.replies.push((response) => {
      answer(502, "")(response);
      response.on("close", () => setImmediate(() => controller.abort(new Error("Enough."))));
    });
    await expect(waiting).rejects.toThrow("Enough.");
  });

  test("not what is sent by request", async () => {
    await using gateway = await ScriptedGateway.start();
    using client = quickClient(gateway.url);
    gateway.replies.push(cutAnswer);
    expect(await failure(client.request("{ __typename }", {}))).toMatchObject({ code: "NETWORK" });
    expect(gateway.operations).toHaveLength(1);
  });
});

test("requests are sent by the fetch that is given", async () => {
  await using gateway = await ScriptedGateway.start();
  const seen: unknown[] = [];
  using client = quickClient(gateway.url, {
    fetch: (url, init) => {
      seen.push(url);
      return globalThis.fetch(url, init);
    },
  });
  expect(await client.request("{ __typename }", {})).toEqual({ __typename: "Query" });
  expect(seen).toEqual([gateway.url]);
});
