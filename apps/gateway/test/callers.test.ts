import { once } from "node:events";
import { connect } from "node:net";
import { ApiError, type Scope } from "@reelwire/core";
import type { Access, Caller, Engine, LiveCaller } from "@reelwire/engine";
import { afterEach, describe, expect, test } from "vitest";
import { openAcknowledged, openSocket, subscribe } from "./raw-socket.ts";
import { endless, type StubServer, type StubServerOptions, startStubServer } from "./stub-engine.ts";
import { postGraphql } from "./test-gateway.ts";

let server: StubServer;
afterEach(() => server[Symbol.asyncDispose]());

function callerWith({
  scopes = ["videos:create", "videos:read"],
  ...more
}: Partial<Omit<Caller, "scopes">> & { scopes?: Scope[] }): Caller {
  const viewer = { project: "default", subject: "ada", keyId: null };
  return { viewer, by: "token", expiresAt: null, scopes: new Set(scopes), ...more };
}

const END = new Date("2030-01-01T00:00:00Z");
const ada = callerWith({ expiresAt: END });
const eve = callerWith({ viewer: { project: "default", subject: "eve", keyId: null } });
const admin = callerWith({ viewer: { project: "default", subject: null, keyId: null }, scopes: ["admin"], by: "key" });
const WHY =
  "This token is of nobody whom the gateway knows; and to say so takes more than a close frame of a websocket has room for.";

/** Access as a test wants it, which notes what credentials it was asked about, and whom it watches over. */
function accessOf(callers: Record<string, Caller>) {
  const sent: (string | null)[] = [];
  const watched = new Map<Caller, AbortController>();
  const access: Partial<Access> = {
    isRequired: () => true,
    async authenticate(credential) {
      sent.push(credential);
      const caller = callers[credential ?? ""];
      if (credential === "away") throw new ApiError("UNAVAILABLE");
      if (caller === undefined) throw new ApiError("UNAUTHENTICATED", WHY);
      return caller;
    },
    watch(caller): LiveCaller {
      const ended = new AbortController();
      watched.set(caller, ended);
      return { ended: ended.signal, release: () => watched.delete(caller) };
    },
  };
  return { access, sent, watched };
}

const CALLERS = { ada, eve, admin };

/** Access that knows everybody as ada, but whoever says "slow" only once it is told who that is. */
function accessThatIsSlow() {
  const { promise: known, resolve: tell } = Promise.withResolvers<Caller>();
  const { promise: asked, resolve: note } = Promise.withResolvers<void>();
  const { access, watched } = accessOf(CALLERS);
  const authenticate: Access["authenticate"] = async (credential) => {
    if (credential !== "slow") return ada;
    note();
    return known;
  };
  return { access: { ...access, authenticate }, watched, asked, tell };
}

/** Who asked the engine for videos. */
function seenBy() {
  const viewers: (string | null)[] = [];
  const videos: Engine["videos"] = async ({ subject }) => {
    viewers.push(subject);
    return [];
  };
  return { viewers, videos };
}

async function start(options: StubServerOptions & { callers?: Record<string, Caller> } = {}) {
  const { access, ...notes } = accessOf(options.callers ?? CALLERS);
  const { viewers, videos } = seenBy();
  server = await startStubServer({ access, ...options, engine: { videos, ...options.engine } });
  return { ...notes, viewers };
}

const VIDEOS = "{ videos { nodes { id } } }";

describe("over HTTP", () => {
  test("it is who the bearer token says, and the engine hears of nobody else", async () => {
    const { sent, viewers } = await start();
    expect((await postGraphql(server.url, VIDEOS, {}, "ada")).data.videos.nodes).toEqual([]);
    await fetch(`${server.url}/graphql?query=${encodeURIComponent(VIDEOS)}`, {
      headers: { authorization: "bearer   eve ", "apollo-require-preflight": "1" },
    });
    expect(sent).toEqual(["ada", "eve"]);
    expect(viewers).toEqual(["ada", "eve"]);
  });

  test.each<[what: string, headers: Record<string, string>, challenge: string]>([
    ["nothing", {}, "Bearer"],
    ["a token of nobody", { authorization: "Bearer mallory" }, 'Bearer error="invalid_token"'],
    ["an empty token", { authorization: "Bearer " }, 'Bearer error="invalid_token"'],
    ["a cookie", { cookie: "token=ada; authorization=ada" }, "Bearer"],
    ["another header", { "x-api-key": "ada", "x-authorization": "Bearer ada" }, "Bearer"],
  ])("who sends %s is told 401, how to do it, and why not", async (_what, headers, challenge) => {
    const { viewers } = await start();
    for (const init of [
      { method: "POST", body: JSON.stringify({ query: VIDEOS }) },
      { method: "GET" },
      { method: "PUT", body: "{" },
    ]) {
      const response = await fetch(`${server.url}/graphql?token=ada&access_token=ada&authorization=Bearer%20ada`, {
        ...init,
        headers: { "content-type": "application/json", ...headers },
      });
      expect(response.status).toBe(401);
      expect(response.headers.get("www-authenticate")).toBe(challenge);
      expect(await response.json()).toEqual({
        errors: [{ message: WHY, extensions: { code: "UNAUTHENTICATED" } }],
      });
    }
    expect(viewers).toEqual([]);
  });

  test.each<[what: string, requires: boolean, authorization: string]>(
    [true, false].flatMap((requires): [string, boolean, string][] => [
      ["another scheme", requires, "Basic ada"],
      ["a key without a scheme", requires, "rwk_ada"],
      ["something that begins alike", requires, "Bearerada"],
    ]),
  )(
    "who sends %s is told how it must be, whether callers are asked (%s) or not",
    async (_what, requires, authorization) => {
      const { viewers, sent } = await start();
      if (!requires) {
        await server[Symbol.asyncDispose]();
        server = await startStubServer({ engine: { videos: seenBy().videos } });
      }
      const headers = { authorization, "content-type": "application/json" };
      const body = JSON.stringify({ query: VIDEOS });
      const response = await fetch(`${server.url}/graphql`, { method: "POST", headers, body });
      expect([response.status, response.headers.get("www-authenticate")]).toEqual([
        401,
        'Bearer error="invalid_token"',
      ]);
      expect(await response.json()).toEqual({
        errors: [
          {
            message: "The Authorization header must be `Bearer` and then the key or token.",
            extensions: { code: "UNAUTHENTICATED" },
          },
        ],
      });
      expect([viewers, sent]).toEqual([[], []]);
    },
  );

  test("who is not known need not send the body, and takes nobody's turn with it", async () => {
    await start();
    const head = [
      "POST /graphql HTTP/1.1",
      "Host: 127.0.0.1",
      "Content-Type: application/json",
      "Content-Length: 9999999",
    ];
    // As many as may be read and may wait at a time.
    const sockets = Array.from({ length: 60 }, () => connect(server.port, "127.0.0.1"));
    for (const socket of sockets) {
      socket.write(`${head.join("\r\n")}\r\n\r\n`);
      const [answer] = await once(socket, "data");
      expect(String(answer)).toMatch(/^HTTP\/1\.1 401 /);
    }
    for (const socket of sockets) socket.destroy();
  });

  test("nobody can be told while access cannot be asked: 503", async () => {
    await start();
    const { status, errors, headers } = await postGraphql(server.url, VIDEOS, {}, "away");
    expect([status, errors?.[0]?.extensions.code, headers.get("retry-after")]).toEqual([503, "UNAVAILABLE", "5"]);
  });

  test("a file needs no credential, and its signature decides", async () => {
    const { sent } = await start();
    expect((await fetch(`${server.url}/files/x.mp4?signature=y`)).status).toBe(404);
    expect(sent).toEqual([]);
  });

  test("nobody can renew", async () => {
    await start();
    const { errors } = await postGraphql(server.url, RENEW, { token: "ada" }, "ada");
    expect(errors).toMatchObject([
      { message: expect.stringContaining("websocket"), extensions: { code: "BAD_INPUT" } },
    ]);
  });
});

describe("/readyz", () => {
  const readyz = async (credential?: string) => {
    const response = await fetch(`${server.url}/readyz`, {
      headers: credential === undefined ? {} : { authorization: `Bearer ${credential}` },
    });
    return { status: response.status, body: await response.json() };
  };

  test.each([true, false])(
    "tells details to administrators, and others whether it is ready (answers clients: %s)",
    async (answersClients) => {
      await start({ answersClients });
      expect(await readyz()).toEqual({ status: 200, body: { ready: true } });
      expect(await readyz("ada")).toEqual({ status: 200, body: { ready: true } });
      expect(await readyz("away")).toEqual({ status: 200, body: { ready: true } });
      const details = await readyz("admin");
      expect(details).toMatchObject({ status: 200, body: { ready: true, nodes: {} } });
      // An administrator's project is one of many.
      expect(details.body).not.toHaveProperty("videos");
      expect((await readyz("mallory")).status).toBe(401);
      expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
    },
  );

  test("tells a probe that it is not ready, and not why", async () => {
    const upstream = { usable: false, code: "KEY_REJECTED" as const, since: new Date() };
    const nodes = { live: 1, carrying: 1 };
    const health: Engine["health"] = async () => ({ database: "ok", upstream, active: 1, unfinished: {}, nodes });
    await start({ engine: { health } });
    expect(await readyz()).toEqual({ status: 503, body: { ready: false } });
    expect(await readyz("admin")).toMatchObject({ status: 503, body: { upstream: { code: "KEY_REJECTED" } } });
  });

  test("tells nobody more while it starts on an address that others can reach", async () => {
    await start({ started: false, onLoopback: false });
    expect(await readyz("admin")).toEqual({ status: 503, body: { ready: false } });
  });
});

const RENEW = "mutation ($token: String!) { renewAccess(token: $token) { expiresAt } }";

describe("over a websocket", () => {
  test.each([
    ["token", { token: "ada" }],
    ["authorization, as over HTTP", { authorization: "Bearer ada" }],
  ])("it is who connectionParams say by %s, and the answer says until when", async (_what, parameters) => {
    const { viewers } = await start();
    const client = await openAcknowledged(server.url, parameters);
    expect(await client.next("connection_ack")).toEqual({
      type: "connection_ack",
      payload: { expiresAt: END.toISOString() },
    });
    client.send(subscribe("1", VIDEOS));
    await client.next("next");
    expect(viewers).toEqual(["ada"]);
  });

  test.each<[what: string, parameters: object | undefined]>([
    ["nothing", undefined],
    ["no token", {}],
    ["a token of nobody", { token: "mallory" }],
    ["an empty one", { token: "" }],
    ["no text", { token: ["ada"] }],
    ["another name for it", { accessToken: "ada" }],
    ["headers without one", { headers: { "x-api-key": "ada" } }],
  ])("who sends %s is closed with 4401, and told why as far as there is room", async (_what, payload) => {
    const { watched } = await start();
    const client = await openSocket(`${server.url}`, undefined, { headers: { cookie: "token=ada" } });
    client.send({ type: "connection_init", ...(payload === undefined ? {} : { payload }) });
    const { code, reason } = await client.closed;
    expect(code).toBe(4401);
    expect(reason).toBe(WHY.slice(0, 123));
    expect(watched.size).toBe(0);
  });

  test.each<[what: string, parameters: object]>([
    ["a header's name", { Authorization: "Bearer ada" }],
    ["headers", { headers: { authorization: "Bearer ada" } }],
    ["a key without a scheme", { authorization: "rwk_ada" }],
    ["no text", { authorization: { token: "ada" } }],
  ])("who sends %s is told what it is read from, also where nobody is asked", async (_what, payload) => {
    const { sent } = await start();
    const open = await startStubServer();
    for (const { url } of [server, open]) {
      const client = await openSocket(url);
      client.send({ type: "connection_init", payload });
      const { code, reason } = await client.closed;
      expect(code).toBe(4401);
      // Whole, with its end.
      expect(reason).toMatch(/`token`.*\.$/);
    }
    await open[Symbol.asyncDispose]();
    expect(sent).toEqual([]);
  });

  test("a token in the address or a header of the upgrade says nothing", async () => {
    const { sent } = await start();
    const client = await openSocket(server.url, undefined, { headers: { authorization: "Bearer ada" } });
    client.send({ type: "connection_init" });
    expect((await client.closed).code).toBe(4401);
    expect(sent).toEqual([null]);
  });

  test("nobody can be told while access cannot be asked: 1013, come again", async () => {
    await start();
    const client = await openSocket(server.url);
    client.send({ type: "connection_init", payload: { token: "away" } });
    expect((await client.closed).code).toBe(1013);
  });

  test.each([
    ["expired", 4440, /afterVersion/],
    ["revoked", 4441, /no longer valid/],
  ])("when rights are %s it is closed with %i, and nothing that comes after is heard", async (why, code, reason) => {
    const { watched, viewers } = await start();
    const client = await openAcknowledged(server.url, { token: "ada" });
    const [serverSide] = server.app.websocketServer.clients;
    watched.get(ada)?.abort(why);
    // On its way when the socket is closed.
    client.send(subscribe("1", VIDEOS));
    expect(await client.closed).toEqual({ code, reason: expect.stringMatching(reason) });
    expect(serverSide?.readyState).not.toBe(serverSide?.OPEN);
    expect(viewers).toEqual([]);
  });

  test("rights that ended before it is acknowledged end it at once", async () => {
    const { access } = accessOf(CALLERS);
    server = await startStubServer({
      access: { ...access, watch: () => ({ ended: AbortSignal.abort("revoked"), release() {} }) },
    });
    const client = await openSocket(server.url);
    client.send({ type: "connection_init", payload: { token: "ada" } });
    expect((await client.closed).code).toBe(4441);
    expect(client.received).toEqual([]);
  });

  test("nobody is watched over any more once it is closed, also when it went before it was known", async () => {
    const { access, watched, asked, tell } = accessThatIsSlow();
    server = await startStubServer({ access });
    const client = await openAcknowledged(server.url, { token: "ada" });
    const hasty = await openSocket(server.url);
    hasty.send({ type: "connection_init", payload: { token: "slow" } });
    await asked;
    expect(watched.size).toBe(1);
    const gone = [...server.app.websocketServer.clients].map((socket) => once(socket, "close"));
    client.socket.close();
    hasty.socket.terminate();
    await Promise.all(gone);
    tell(eve);
    // Longer than what waits for it takes.
    await fetch(`${server.url}/healthz`);
    expect(watched.size).toBe(0);
  });
});

describe("renewAccess", () => {
  const renewed = callerWith({ expiresAt: new Date("2031-01-01T00:00:00Z") });

  async function renew(from: Caller, to: Caller) {
    const notes = await start({ callers: { from, to }, engine: { watchActivity: () => endless() } });
    const client = await openAcknowledged(server.url, { token: "from" });
    client.send(subscribe("stream", "subscription { videoActivity { id } }"));
    client.send(subscribe("renewal", RENEW, { token: "to" }));
    const { payload } = await client.next(({ id, type }) => id === "renewal" && type !== "complete");
    return { ...notes, client, answer: payload };
  }

  test("puts the new caller in the place of the old, whose end ends nothing any more", async () => {
    const { client, answer, watched } = await renew(ada, renewed);
    expect(answer).toEqual({ data: { renewAccess: { expiresAt: "2031-01-01T00:00:00.000Z" } } });
    expect([...watched.keys()]).toEqual([renewed]);
    expect(client.received.filter(({ id }) => id === "stream")).toEqual([]);
    watched.get(renewed)?.abort("expired");
    expect((await client.closed).code).toBe(4440);
  });

  test("may give more: scopes, more videos, no end", async () => {
    const viewer = { project: "default", subject: null, keyId: "key_1", videoIds: ["a"] };
    const few = callerWith({ viewer, scopes: ["videos:read"], expiresAt: END });
    for (const more of [
      callerWith({ viewer: { ...viewer, videoIds: ["b", "a"] } }),
      callerWith({ viewer: { project: "default", subject: null, keyId: "key_2" }, scopes: ["admin"] }),
    ]) {
      const { answer } = await renew(few, more);
      expect(answer).toEqual({ data: { renewAccess: { expiresAt: null } } });
      await server[Symbol.asyncDispose]();
    }
  });

  const named = (videoIds?: string[], subject: string | null = "ada") =>
    callerWith({
      viewer: { project: "default", subject, keyId: null, ...(videoIds === undefined ? {} : { videoIds }) },
    });

  test.each<[what: string, from: Caller, to: Caller, why: RegExp]>([
    ["another subject", ada, eve, /subject/],
    ["another project", ada, callerWith({ viewer: { project: "other", subject: "ada", keyId: null } }), /project/],
    ["a subject, after the whole project", admin, ada, /subject/],
    ["fewer scopes", ada, callerWith({ scopes: ["videos:create"] }), /VIDEOS_READ/],
    ["named videos, after all of its subject", ada, named(["a"]), /videos/],
    ["fewer named videos", named(["a", "b"]), named(["b"]), /videos/],
    ["all of its subject, after named ones that may be another's", named(["a"]), named(), /videos/],
  ])("refuses %s, and nothing changes", async (_what, from, to, why) => {
    const { client, answer, watched, viewers } = await renew(from, to);
    expect(answer).toMatchObject({
      data: null,
      errors: [{ message: expect.stringMatching(why), extensions: { code: "FORBIDDEN" } }],
    });
    expect([...watched.keys()]).toEqual([from]);
    client.send(subscribe("after", VIDEOS));
    await client.next(({ id }) => id === "after");
    expect(viewers).toEqual([from.viewer.subject]);
  });

  test("refuses what nobody knows, and nothing changes", async () => {
    const { watched } = await start();
    const client = await openAcknowledged(server.url, { token: "ada" });
    client.send(subscribe("renewal", RENEW, { token: "mallory" }));
    expect((await client.next("next")).payload.errors).toMatchObject([{ extensions: { code: "UNAUTHENTICATED" } }]);
    expect([...watched.keys()]).toEqual([ada]);
  });

  test("of a socket that went meanwhile watches over nobody", async () => {
    const { access, watched, asked, tell } = accessThatIsSlow();
    server = await startStubServer({ access });
    const client = await openAcknowledged(server.url, { token: "ada" });
    client.send(subscribe("renewal", RENEW, { token: "slow" }));
    await asked;
    const [serverSide] = server.app.websocketServer.clients;
    if (serverSide === undefined) throw new Error("no socket");
    const gone = once(serverSide, "close");
    client.socket.terminate();
    await gone;
    tell(renewed);
    await fetch(`${server.url}/healthz`);
    expect(watched.size).toBe(0);
  });
});
