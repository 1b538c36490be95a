import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { ApiError, acceptedState, newVideoId, parseCreateVideoInput } from "@reelwire/core";
import { BUILT_IN_VIEWER, type Caller, type StoredVideo } from "@reelwire/engine";
import { createClient } from "graphql-sse";
import { afterEach, describe, expect, test, vi } from "vitest";
import { askAs } from "./ask-as.ts";
import { openStream, type ReadStream } from "./event-stream-reader.ts";
import { endless, OPEN_CALLER, type StubServer, type StubServerOptions, startStubServer } from "./stub-engine.ts";

const ACTIVITY = "subscription { videoActivity { id prompt } }";
const STATUS = 'subscription { videoStatus(id: "video_01kaqg3v7hf0ctq9x2d3s8g4rn") { id } }';
const COMPLETE = { event: "complete", data: null };

let ended = new AsyncDisposableStack();
afterEach(async () => {
  vi.useRealTimers();
  await ended.disposeAsync();
  ended = new AsyncDisposableStack();
});

async function start(options: StubServerOptions = {}): Promise<StubServer> {
  return ended.use(await startStubServer(options));
}

/** Opens a stream that is left after the test. */
async function open(init: Parameters<typeof openStream>[0]): Promise<ReadStream> {
  const stream = await openStream(init);
  ended.defer(() => stream.leave());
  return stream;
}

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

const refusal = (code: string, more: object = {}) => [
  { event: "next", data: { errors: [{ message: expect.any(String), extensions: { code, ...more } }] } },
  COMPLETE,
  "ended",
];

/** A connection on which a stream is asked for by hand, and the server's side of it. */
async function connectTo(
  server: StubServer,
  { query = ACTIVITY, credential = "" } = {},
): Promise<{ client: Socket; there: Socket }> {
  const connected = once(server.app.server, "connection");
  const client = connect(server.port, "127.0.0.1");
  ended.defer(() => void client.destroy());
  const [there] = (await connected) as [Socket];
  const headers = `Host: 127.0.0.1\r\nAuthorization: Bearer ${credential}\r\n`;
  client.write(`GET /graphql/stream?query=${encodeURIComponent(query)} HTTP/1.1\r\n${headers}\r\n`);
  return { client, there };
}

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

    const { client, there } = await connectTo(server, { query: STATUS });
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
    ended.defer(() => client.dispose());
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

describe("what is no request for an event stream is refused over HTTP", () => {
  const json = { "content-type": "application/json" };

  test.each<
    [what: string, method: string, path: string, headers: Record<string, string>, body: string, status: number]
  >([
    ["no query", "POST", "", json, "{}", 400],
    ["no object", "POST", "", json, "[]", 400],
    ["no JSON", "POST", "", json, "{", 400],
    ["a query that is no text", "POST", "", json, '{"query":1}', 400],
    ["variables that are none", "POST", "", json, '{"query":"{ a }","variables":[1]}', 400],
    ["no query in the address", "GET", "", {}, "", 400],
    ["variables that are no JSON", "GET", "?query=%7Ba%7D&variables=%7B", {}, "", 400],
    ["a reservation", "PUT", "", {}, "", 405],
    ["the end of an operation", "DELETE", "?operationId=1", {}, "", 405],
    ["a client that takes JSON alone", "GET", "?query=%7Ba%7D", { accept: "application/json" }, "", 406],
    ["more than 1 MiB", "POST", "", json, `{"query":"${"x".repeat(1024 * 1024)}"}`, 413],
    ["another type", "POST", "", { "content-type": "text/plain" }, '{"query":"{ a }"}', 415],
    ["a form", "POST", "", { "content-type": "application/x-www-form-urlencoded" }, "query={a}", 415],
  ])("%s", async (_what, method, path, headers, body, status) => {
    const server = await start();
    const answer = await askAs(server.port, method, `/graphql/stream${path}`, { host: "127.0.0.1", ...headers }, body);
    expect([answer.status, answer.code]).toEqual([status, "BAD_REQUEST"]);
  });

  test("who is not known, who asks too often, and everybody before the gateway has started", async () => {
    const unknown = await start({ access: { authenticate: () => Promise.reject(new ApiError("UNAUTHENTICATED")) } });
    const headers = { host: "127.0.0.1" };
    const path = `/graphql/stream?query=${encodeURIComponent(ACTIVITY)}`;
    const refused = await askAs(unknown.port, "GET", path, headers);
    expect(refused).toMatchObject({ status: 401, code: "UNAUTHENTICATED", headers: { "www-authenticate": "Bearer" } });
    // Before anything of a body is read.
    expect(await askAs(unknown.port, "POST", "/graphql/stream", headers, "{")).toMatchObject({ status: 401 });

    const viewer = { ...BUILT_IN_VIEWER, keyId: "key_1" };
    const counting = await start({
      access: { authenticate: async () => ({ ...OPEN_CALLER, viewer }) },
      requestLimits: { keyRequestsPerMinute: 1, subjectRequestsPerMinute: null },
    });
    await open({ url: counting.url, query: ACTIVITY });
    const second = await askAs(counting.port, "GET", path, headers);
    expect(second).toMatchObject({ status: 429, code: "RATE_LIMITED", headers: { "retry-after": expect.any(String) } });

    const starting = await start({ started: false });
    expect(await askAs(starting.port, "GET", path, headers)).toMatchObject({ status: 503, code: "UNAVAILABLE" });
  });

  test("a foreign host, a foreign page and a proxy, as long as nobody is asked who they are", async () => {
    const server = await start();
    const path = `/graphql/stream?query=${encodeURIComponent(ACTIVITY)}`;
    for (const headers of [
      { host: "video.example.com" },
      { host: "127.0.0.1", origin: "https://attacker.example" },
      { host: "127.0.0.1", "x-forwarded-for": "203.0.113.1" },
    ]) {
      expect((await askAs(server.port, "GET", path, headers)).status).toBe(403);
    }
  });

  test("and pages read streams only where they are allowed", async () => {
    const app = "https://app.example.com";
    const server = await start({
      access: { isRequired: () => true },
      allowedOrigins: [app],
      engine: { watchActivity: async function* () {} },
    });
    const origins = [app, "https://attacker.example"];
    const allowed = origins.map(async (origin) => {
      const stream = await open({ url: server.url, query: ACTIVITY, headers: { origin } });
      expect(await stream.rest()).toEqual([COMPLETE, "ended"]);
      return stream.response.headers.get("access-control-allow-origin");
    });
    expect(await Promise.all(allowed)).toEqual([app, null]);
  });
});

describe("who has too many", () => {
  const as = (credential: string | null): Caller => {
    const [keyId = "", subject = ""] = (credential ?? "").split("/");
    const viewer = { project: "default", keyId: keyId === "" ? null : keyId, subject: subject === "" ? null : subject };
    return { viewer, scopes: new Set(["videos:read"]), by: "token", expiresAt: null };
  };
  const access: StubServerOptions["access"] = {
    isRequired: () => true,
    authenticate: async (credential) => as(credential),
  };

  test("is refused with when to come again: a user, a key, and all; and let in when one has ended", async () => {
    const server = await start({
      access,
      eventStreams: { maxStreams: 5, maxStreamsByKey: 4, maxStreamsByUser: 2 },
    });
    const ask = (credential: string) => open({ url: server.url, query: ACTIVITY, credential });
    const refused = async (credential: string, status: number, code: string) => {
      const { response } = await ask(credential);
      expect([response.status, response.headers.get("retry-after")]).toEqual([status, "5"]);
      expect(await response.json()).toMatchObject({ errors: [{ extensions: { code } }] });
    };
    const { client, there } = await connectTo(server, { credential: "key_1/ada" });
    await once(client, "data");
    await ask("key_1/ada");
    await refused("key_1/ada", 429, "RATE_LIMITED");
    await ask("key_1/eve");
    await ask("key_1");
    await refused("key_1/bob", 429, "RATE_LIMITED");
    await refused("key_1", 429, "RATE_LIMITED");
    await ask("/ada-of-the-issuer");
    await refused("key_2", 503, "UNAVAILABLE");

    const gone = once(there, "close");
    client.destroy();
    await gone;
    expect((await ask("key_1/ada")).response.status).toBe(200);
    await refused("key_1/ada", 429, "RATE_LIMITED");
  });

  test("what was refused, or has ended, takes no place", async () => {
    const server = await start({
      access,
      eventStreams: { maxStreamsByUser: 1 },
      engine: { watchActivity: async function* () {} },
    });
    for (const query of ["{", "{ models { id } }", STATUS, ACTIVITY, ACTIVITY]) {
      const stream = await open({ url: server.url, query, credential: "key_1/ada" });
      expect((await stream.rest()).slice(-2)).toEqual([COMPLETE, "ended"]);
    }
  });
});

describe("a client that reads slowly", () => {
  const PROMPT = "x".repeat(20_000);

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
        watchActivity: () => ({
          async next() {
            made += 1;
            return { done: false, value: video(PROMPT) };
          },
          async return() {
            leave();
            return { done: true, value: undefined };
          },
          [Symbol.asyncIterator]() {
            return this;
          },
        }),
      },
    });
    const { client, there } = await connectTo(server);
    client.pause();
    const cut = once(there, "close");
    await left;
    await cut;
    expect(made * PROMPT.length).toBeLessThan(16 * 1024 * 1024);
  });
});

test("when the gateway stops, streams end at once and without `complete`; one that nobody reads is cut", async () => {
  const { promise: left, resolve: leave } = Promise.withResolvers<void>();
  const server = await startStubServer({
    eventStreams: { closeWithinMs: 50 },
    engine: { watchActivity: () => endless(leave) },
  });
  const stream = await openStream({ url: server.url, query: ACTIVITY });
  await stream.next();
  const { client, there } = await connectTo(server);
  client.pause();
  there.pause();
  await server[Symbol.asyncDispose]();
  expect(await stream.rest()).toEqual(["ended"]);
  await left;
  client.destroy();
});
