import { once } from "node:events";
import { ApiError, acceptedState, newVideoId, parseCreateVideoInput } from "@reelwire/core";
import type { StoredVideo } from "@reelwire/engine";
import { createClient } from "graphql-sse";
import { afterEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { COMPLETE, STATUS, streamsOfATest } from "./streams-of-a-test.ts";
import { endless } from "./stub-engine.ts";

const ACTIVITY = "subscription { videoActivity { id prompt } }";
const { start, open, connectTo } = streamsOfATest();
afterEach(() => void vi.useRealTimers());

function video(prompt: string): StoredVideo {
  const { maxUsd: _, ...asked } = parseCreateVideoInput({ prompt });
  const createdAt = new Date();
  return {
    ...asked,
    ...acceptedState(createdAt),
    id: newVideoId(),
    owner: { project: "default", subject: "" },
    keyId: null,
    fingerprint: "",
    estimatedUsd: null,
    createdAt,
    fence: 0,
    archivedAt: null,
  };
}

const PROMPT = "x".repeat(20_000);

/** Changes of videos without end, as many as are asked for. */
function flooding(onNext: () => void, onReturn: () => void): AsyncIterableIterator<StoredVideo> {
  return {
    async next() {
      onNext();
      return { done: false, value: video(PROMPT) };
    },
    async return() {
      onReturn();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

const refusal = (code: string, more: object = {}) => [
  { event: "next", data: { errors: [{ message: expect.any(String), extensions: { code, ...more } }] } },
  COMPLETE,
  "ended",
];

describe("an event stream", () => {
  test.each(["GET", "POST"] as const)("tells by %s what is told on a websocket, after a comment", async (method) => {
    const server = await start({
      engine: {
        async *watchActivity() {
          yield video("a boat");
          yield video("a car");
        },
      },
    });
    const stream = await open({ url: server.url, query: ACTIVITY, method, headers: { "x-request-id": "mine" } });
    expect(stream.response.status).toBe(200);
    expect(Object.fromEntries(stream.response.headers)).toMatchObject({
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-store, no-transform",
      "x-accel-buffering": "no",
      "x-request-id": "mine",
      vary: "Origin",
    });
    expect(await stream.next()).toMatchObject({ event: ":" });
    expect(await stream.rest()).toEqual([
      { event: "next", data: { data: { videoActivity: { id: expect.any(String), prompt: "a boat" } } } },
      { event: "next", data: { data: { videoActivity: { id: expect.any(String), prompt: "a car" } } } },
      COMPLETE,
      "ended",
    ]);
  });

  test("that says nothing has a comment sent now and then", async () => {
    vi.useFakeTimers({ toFake: ["setInterval"] });
    const server = await start();
    const stream = await open({ url: server.url, query: ACTIVITY });
    for (let count = 0; count < 3; count += 1) {
      expect(await stream.next()).toMatchObject({ event: ":" });
      vi.advanceTimersByTime(12_000);
    }
  });

  test("is closed to the engine when the client leaves it, also before it began", async () => {
    const { promise: left, resolve } = Promise.withResolvers<void>();
    const { promise: asked, resolve: ask } = Promise.withResolvers<void>();
    const { promise: watched, resolve: watch } = Promise.withResolvers<AsyncIterableIterator<never>>();
    const server = await start({
      engine: {
        watchActivity: () => endless(resolve),
        watchVideo: () => {
          ask();
          return watched;
        },
      },
    });
    const stream = await open({ url: server.url, query: ACTIVITY });
    await stream.next();
    stream.leave();
    await left;

    const { client, there } = await connectTo(server, STATUS);
    await asked;
    const gone = once(there, "close");
    client.destroy();
    await gone;
    const { promise: leftEarly, resolve: leave } = Promise.withResolvers<void>();
    watch(endless(leave));
    await leftEarly;
  });

  test.each([
    ["a query", "{ models { id } }", "BAD_REQUEST"],
    ["a mutation", 'mutation { createVideo(input: { prompt: "a boat" }) { reused } }', "BAD_REQUEST"],
    ["a renewal", 'mutation { renewAccess(token: "x") { expiresAt } }', "BAD_REQUEST"],
    ["what is no GraphQL", "subscription {", "GRAPHQL_PARSE_FAILED"],
    ["what nests too deep", `subscription ${"{ a ".repeat(300)}`, "BAD_INPUT"],
    ["what the schema does not have", "subscription { nothing }", "GRAPHQL_VALIDATION_FAILED"],
    [
      "several operations, and none named",
      `${ACTIVITY} ${ACTIVITY}`.replaceAll("n {", "n A {"),
      "GRAPHQL_VALIDATION_FAILED",
    ],
    ["none of the operations", "fragment A on Video { id }", "GRAPHQL_VALIDATION_FAILED"],
    ["a missing variable", "subscription ($id: ID!) { videoStatus(id: $id) { id } }", "BAD_USER_INPUT"],
    ["a video that is not there", STATUS, "NOT_FOUND"],
    ["a version below 0", STATUS.replace(")", ", afterVersion: -1)"), "BAD_INPUT"],
  ])("for %s is refused as a GraphQL error, by POST and GET, and nothing is executed", async (_what, query, code) => {
    let executed = false;
    const server = await start({
      engine: {
        createVideo: () => {
          executed = true;
          return Promise.reject(new ApiError("INTERNAL"));
        },
      },
    });
    for (const method of ["POST", "GET"] as const) {
      const stream = await open({ url: server.url, query, method });
      const [next, ...rest] = await stream.rest();
      expect(next).toMatchObject({ event: "next", data: { errors: [{ extensions: { code } }] } });
      expect(next).not.toHaveProperty("data.data");
      expect(JSON.stringify(next)).not.toMatch(/stack|node_modules/);
      expect(rest).toEqual([COMPLETE, "ended"]);
    }
    expect(executed).toBe(false);
  });

  test("that says which of several operations has that one", async () => {
    const server = await start({
      engine: {
        async *watchActivity() {
          yield video("a boat");
        },
      },
    });
    const client = createClient({ url: `${server.url}/graphql/stream`, retryAttempts: 0 });
    onTestFinished(() => client.dispose());
    const query = `query Models { models { id } } ${ACTIVITY.replace("{", "Activity {")}`;
    const told = [];
    for await (const { data } of client.iterate({ query, operationName: "Activity" })) told.push(data);
    expect(told).toEqual([{ videoActivity: { id: expect.any(String), prompt: "a boat" } }]);
  });

  test("that breaks tells so last: what nobody foresaw as INTERNAL with a request id, and the rest in the log", async () => {
    const server = await start({
      engine: {
        async *watchActivity() {
          yield video("a boat");
          throw new TypeError("a password");
        },
        async watchVideo() {
          throw new ApiError("UNAVAILABLE");
        },
      },
    });
    const broken = await open({ url: server.url, query: ACTIVITY, headers: { "x-request-id": "broken" } });
    const [first, ...rest] = await broken.rest();
    expect(first).toMatchObject({ event: "next", data: { data: {} } });
    expect(rest).toEqual(refusal("INTERNAL", { requestId: "broken" }));
    const logged = server.logLines.filter((line) => line.includes("a password"));
    expect(logged.map((line) => JSON.parse(line))).toMatchObject([{ requestId: "broken", level: "error" }]);
    const away = await open({ url: server.url, query: STATUS });
    expect(await away.rest()).toMatchObject([
      { data: { errors: [{ extensions: { code: "UNAVAILABLE" } }] } },
      {},
      "ended",
    ]);
  });
});

describe("a client that reads slowly", () => {
  test("gets everything in its time", async () => {
    const server = await start({
      eventStreams: { maxBufferedBytes: 1_000 },
      engine: {
        async *watchActivity() {
          for (let count = 0; count < 500; count += 1) yield video(`${count} ${PROMPT.slice(10)}`);
        },
      },
    });
    const stream = await open({ url: server.url, query: ACTIVITY });
    const told = await stream.rest();
    expect(told.splice(500)).toEqual([COMPLETE, "ended"]);
    for (const [index, one] of told.entries()) {
      expect(one).toMatchObject({ data: { data: { videoActivity: { prompt: expect.stringMatching(`^${index} `) } } } });
    }
  });

  test("or not at all is cut, and no more is made for it than the system's buffers and the bound take", async () => {
    const { promise: left, resolve: leave } = Promise.withResolvers<void>();
    let made = 0;
    const server = await start({
      eventStreams: { maxBufferedBytes: 16 * 1024, slowForMs: 50 },
      engine: {
        watchActivity: () =>
          flooding(() => {
            made += 1;
          }, leave),
      },
    });
    const { client, there } = await connectTo(server, ACTIVITY);
    client.pause();
    const cut = once(there, "close");
    await left;
    await cut;
    expect(made * PROMPT.length).toBeLessThan(16 * 1024 * 1024);
  });
});

describe("when the gateway stops", () => {
  test("streams end at once, and without `complete`", async () => {
    const { promise: left, resolve: leave } = Promise.withResolvers<void>();
    const server = await start({ engine: { watchActivity: () => endless(leave) } });
    const stream = await open({ url: server.url, query: ACTIVITY });
    await stream.next();
    await server.app.close();
    expect(await stream.rest()).toEqual(["ended"]);
    await left;
  });

  test("a stream that nobody reads is cut", async () => {
    const { promise: isFull, resolve: full } = Promise.withResolvers<void>();
    const { promise: left, resolve: leave } = Promise.withResolvers<void>();
    let buffered = () => 0;
    // Seen only after what is under way has been written.
    const look = () => {
      if (buffered() > 0) full();
    };
    const flood = flooding(() => void setImmediate(look), leave);
    const server = await start({
      eventStreams: { maxBufferedBytes: PROMPT.length, slowForMs: 600_000, closeWithinMs: 50 },
      engine: { watchActivity: () => flood },
    });
    const { client, there } = await connectTo(server, ACTIVITY);
    client.pause();
    buffered = () => there.writableLength;
    await isFull;
    const cut = once(there, "close");
    await server.app.close();
    await Promise.all([cut, left]);
  });
});
