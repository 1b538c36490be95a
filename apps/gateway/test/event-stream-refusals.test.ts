import { once } from "node:events";
import { ApiError } from "@reelwire/core";
import { BUILT_IN_VIEWER, type Caller } from "@reelwire/engine";
import { describe, expect, test } from "vitest";
import { askAs } from "./ask-as.ts";
import { COMPLETE, STATUS, streamsOfATest } from "./streams-of-a-test.ts";
import { OPEN_CALLER, type StubServerOptions } from "./stub-engine.ts";

const ACTIVITY = "subscription { videoActivity { id } }";
const { start, open, connectTo } = streamsOfATest();

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
    const { client, there } = await connectTo(server, ACTIVITY, "key_1/ada");
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

  test("and who leaves before it is known who they are takes none", async () => {
    const asked = Promise.withResolvers<void>();
    const known = Promise.withResolvers<Caller>();
    const server = await start({
      access: {
        isRequired: () => true,
        authenticate(credential) {
          asked.resolve();
          return credential === "key_1/ada" ? known.promise : Promise.resolve(as("key_1/ada"));
        },
      },
      eventStreams: { maxStreamsByUser: 1 },
    });
    const { client, there } = await connectTo(server, ACTIVITY, "key_1/ada");
    await asked.promise;
    const gone = once(there, "close");
    client.destroy();
    await gone;
    known.resolve(as("key_1/ada"));
    const { response } = await open({ url: server.url, query: ACTIVITY, credential: "again" });
    expect(response.status).toBe(200);
  });
});
