import { ApiError } from "@reelwire/core";
import type { Caller } from "@reelwire/engine";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createRequestRates } from "../src/request-rates.ts";
import { openAcknowledged, subscribe } from "./raw-socket.ts";
import { type StubServer, type StubServerOptions, startStubServer } from "./stub-engine.ts";
import { postGraphql } from "./test-gateway.ts";

const caller = (keyId: string | null, subject: string | null, project = "default"): Caller => ({
  viewer: { project, subject, keyId },
  scopes: new Set(["videos:read"]),
  by: "token",
  expiresAt: null,
});

describe("requests are counted", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test("for each key with its tokens, and for each subject of a project; a minute later anew", async () => {
    const { admit } = createRequestRates({ keyRequestsPerMinute: 3, subjectRequestsPerMinute: 2 });
    await admit(caller("key_1", "ada"));
    await admit(caller("key_1", "ada"));
    vi.advanceTimersByTime(20_000);
    await expect(admit(caller("key_1", "ada"))).rejects.toMatchObject({
      code: "RATE_LIMITED",
      message: expect.stringContaining("2 requests a minute for one subject"),
      details: { retryAfterSeconds: 40 },
    });
    // What was refused for the subject is not counted for the key.
    await admit(caller("key_1", null));
    await expect(admit(caller("key_1", "eve"))).rejects.toMatchObject({
      code: "RATE_LIMITED",
      message: expect.stringContaining("3 requests a minute for one API key"),
    });
    await admit(caller("key_2", "ada", "other"));
    await admit(caller(null, "adam"));
    vi.advanceTimersByTime(40_000);
    await admit(caller("key_1", "ada"));
  });

  test("not at all for who has neither key nor subject, and where there is no limit", async () => {
    const limited = createRequestRates({ keyRequestsPerMinute: 1, subjectRequestsPerMinute: 1 });
    const unlimited = createRequestRates({ keyRequestsPerMinute: null, subjectRequestsPerMinute: null });
    for (let count = 0; count < 3; count++) {
      await expect(limited.admit(caller(null, null))).resolves.toBeUndefined();
      await expect(unlimited.admit(caller("key_1", "ada"))).resolves.toBeUndefined();
    }
  });
});

describe("who sends too many", () => {
  let server: StubServer;
  afterEach(() => server[Symbol.asyncDispose]());

  async function start(options: StubServerOptions = {}) {
    server = await startStubServer({
      access: { isRequired: () => true, authenticate: async (credential) => caller("key_1", credential) },
      requestLimits: { keyRequestsPerMinute: null, subjectRequestsPerMinute: 2 },
      ...options,
    });
  }
  const ask = (credential: string) => postGraphql(server.url, "{ __typename }", {}, credential);

  test("is told 429 over HTTP, and when to come again; others are answered, and files and probes not counted", async () => {
    await start();
    expect([(await ask("ada")).status, (await ask("ada")).status]).toEqual([200, 200]);
    const { status, headers, errors } = await ask("ada");
    expect(status).toBe(429);
    const retryAfterSeconds = Number(headers.get("retry-after"));
    expect(retryAfterSeconds).toBeGreaterThan(0);
    expect(retryAfterSeconds).toBeLessThanOrEqual(60);
    expect(errors).toMatchObject([{ extensions: { code: "RATE_LIMITED", retryAfterSeconds } }]);
    expect((await ask("eve")).status).toBe(200);
    const authorization = "Bearer ada";
    expect((await fetch(`${server.url}/files/a.mp4?signature=b`, { headers: { authorization } })).status).toBe(404);
    expect((await fetch(`${server.url}/readyz`, { headers: { authorization } })).status).toBe(200);
  });

  test("is told so by the operation on a websocket, which stays open; both ways count together", async () => {
    await start();
    await ask("ada");
    const client = await openAcknowledged(server.url, { token: "ada" });
    client.send(subscribe("1", "{ __typename }"));
    client.send(subscribe("2", "{ __typename }"));
    expect(await client.next("error")).toMatchObject({
      id: "2",
      payload: [{ extensions: { code: "RATE_LIMITED", retryAfterSeconds: expect.any(Number) } }],
    });
    expect(client.received.filter(({ type }) => type === "next")).toMatchObject([{ id: "1" }]);
    expect(client.socket.readyState).toBe(client.socket.OPEN);
    client.socket.close();
  });

  test("renews all the same, on a websocket, once in an operation that does nothing else", async () => {
    await start();
    const client = await openAcknowledged(server.url, { token: "ada" });
    for (const id of ["1", "2"]) client.send(subscribe(id, "{ __typename }"));
    const variables = { token: "ada" };
    const ask = async (id: string, query: string) => {
      client.send(subscribe(id, query, variables));
      return (await client.next(({ id: of }) => of === id)).payload;
    };
    const field = "renewAccess(token: $token) { expiresAt }";
    for (const [id, query] of Object.entries({
      renewal: `mutation ($token: String!) { ${field} }`,
      again: `mutation ($token: String!) { again: ${field} }`,
    })) {
      expect(Object.values((await ask(id, query)).data)).toEqual([{ expiresAt: null }]);
    }
    for (const [id, query] of Object.entries({
      twice: `mutation ($token: String!) { a: ${field} b: ${field} }`,
      more: `mutation ($token: String!) { ${field} __typename }`,
      hidden: `mutation ($token: String!) { ...F } fragment F on Mutation { ${field} }`,
      alias: "{ renewAccess: __typename }",
      broken: "mutation { renewAccess",
    })) {
      expect(await ask(id, query), id).toMatchObject([{ extensions: { code: "RATE_LIMITED" } }]);
    }
    client.socket.close();
  });

  test("counts a renewal over HTTP, where there is nothing to renew", async () => {
    await start();
    const renew = 'mutation { renewAccess(token: "ada") { expiresAt } }';
    const statuses = [];
    for (let count = 0; count < 3; count++) {
      statuses.push((await postGraphql(server.url, renew, {}, "ada")).status);
    }
    expect(statuses).toEqual([200, 200, 429]);
  });
});

describe("what the engine refuses", () => {
  const create = 'mutation { createVideo(input: { prompt: "a boat" }) { reused } }';

  test("for now is told with Retry-After, and the status of an operation that was executed", async () => {
    const details = { retryAfterSeconds: 7 };
    await using server = await startStubServer({
      engine: { createVideo: () => Promise.reject(new ApiError("RATE_LIMITED", undefined, [], { details })) },
    });
    const { status, headers, errors } = await postGraphql(server.url, create);
    expect([status, headers.get("retry-after")]).toEqual([200, "7"]);
    expect(errors).toMatchObject([{ extensions: { code: "RATE_LIMITED", retryAfterSeconds: 7 } }]);
    expect((await postGraphql(server.url, "{ __typename }")).headers.get("retry-after")).toBeNull();
  });

  test("over budget is told with what is left, and when it renews", async () => {
    const budget = { kind: "KEY", period: "DAY", limitUsd: 10, leftUsd: 0.25 } as const;
    const renewsAt = new Date("2026-12-01T00:00:00Z");
    const refusal = new ApiError("BUDGET_EXCEEDED", undefined, [], { details: { budget: { ...budget, renewsAt } } });
    await using server = await startStubServer({ engine: { createVideo: () => Promise.reject(refusal) } });
    const { errors } = await postGraphql(server.url, create);
    expect(errors?.[0]?.extensions).toEqual({
      code: "BUDGET_EXCEEDED",
      budget: { ...budget, renewsAt: "2026-12-01T00:00:00.000Z" },
    });
    const client = await openAcknowledged(server.url);
    client.send(subscribe("1", create));
    const { payload } = await client.next("next");
    expect(payload.errors[0].extensions.budget.renewsAt).toBe("2026-12-01T00:00:00.000Z");
    client.socket.close();
  });
});
