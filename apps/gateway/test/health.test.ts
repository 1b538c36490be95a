import { afterEach, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { type StubServer, startStubServer } from "./stub-engine.ts";
import { postGraphql } from "./test-gateway.ts";

let server: StubServer;
afterEach(() => server[Symbol.asyncDispose]());

async function get(path: string) {
  const response = await fetch(`${server.url}${path}`);
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

describe("while the engine starts", () => {
  test("the process is alive and not ready, and everything else is UNAVAILABLE", async () => {
    server = await startStubServer({ started: false });
    expect(await get("/healthz")).toEqual({ status: 200, body: { status: "ok" } });
    expect(await get("/readyz")).toMatchObject({
      status: 503,
      body: { ready: false, problems: ["The gateway is starting."] },
    });
    const { status, errors } = await postGraphql(server.url, "{ models { id } }");
    expect([status, errors?.[0]?.extensions.code]).toEqual([503, "UNAVAILABLE"]);
    const socket = new WebSocket(`${server.url.replace("http", "ws")}/graphql`, "graphql-transport-ws");
    const status503 = await new Promise((resolve) => {
      socket.on("unexpected-response", (_request, response) => resolve(response.statusCode));
    });
    expect(status503).toBe(503);
  });
});

const nodes = { live: 1, carrying: 1 };

describe("/readyz", () => {
  test.each([
    ["KEY_REJECTED", /AIMLAPI_API_KEY/],
    ["FORBIDDEN", /credits/],
  ] as const)("is 503 while the upstream refuses us (%s), and says what to do", async (code, advice) => {
    const upstream = { usable: false, code, since: new Date() };
    const health = async () => ({ database: "ok" as const, upstream, active: 0, unfinished: { ACCEPTED: 1 }, nodes });
    server = await startStubServer({ engine: { health } });
    expect(await get("/readyz")).toMatchObject({
      status: 503,
      body: { ready: false, problems: [expect.stringMatching(advice)], videos: { unfinished: { ACCEPTED: 1 } } },
    });
  });

  test("is 200 while the upstream cannot be reached, and says so: videos are accepted", async () => {
    const upstream = { usable: true, code: "UNREACHABLE" as const, since: new Date() };
    const health = async () => ({ database: "ok" as const, upstream, active: 0, unfinished: { ACCEPTED: 1 }, nodes });
    server = await startStubServer({ engine: { health } });
    expect(await get("/readyz")).toMatchObject({
      status: 200,
      body: { ready: true, problems: [], notes: [expect.stringContaining("cannot be reached")] },
    });
  });

  test("is 200 while no node carries videos, and says so", async () => {
    const upstream = { usable: true, code: null, since: null };
    const alone = { live: 2, carrying: 0 };
    server = await startStubServer({
      engine: { health: async () => ({ database: "ok", upstream, active: 0, unfinished: {}, nodes: alone }) },
    });
    expect(await get("/readyz")).toMatchObject({
      status: 200,
      body: { ready: true, notes: [expect.stringContaining("REELWIRE_ROLE=worker")], nodes: alone },
    });
  });

  test("is 503 when the database cannot be read", async () => {
    const upstream = { usable: true, code: null, since: null };
    server = await startStubServer({
      engine: { health: async () => ({ database: "failed", upstream, active: 0, unfinished: {}, nodes }) },
    });
    expect(await get("/readyz")).toMatchObject({ status: 503, body: { problems: ["The database cannot be read."] } });
  });
});

test("a request's id is echoed when it is a sensible one, and made up otherwise", async () => {
  server = await startStubServer();
  const idOf = async (id: string) =>
    (await fetch(`${server.url}/healthz`, { headers: { "x-request-id": id } })).headers.get("x-request-id");
  expect(await idOf("order-1042:7")).toBe("order-1042:7");
  expect(await idOf("x".repeat(129))).toMatch(/^[0-9a-f-]{36}$/);
  expect(await idOf('"}{')).toMatch(/^[0-9a-f-]{36}$/);
});
