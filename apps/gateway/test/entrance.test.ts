import { ApiError } from "@reelwire/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { askAs, upgradeAs } from "./ask-as.ts";
import { type StubServer, startStubServer } from "./stub-engine.ts";

const APP = "https://app.example.com";
const PUBLIC = "https://video.example.com";

const asked = { isRequired: () => true };
const json = { "content-type": "application/json" };
const QUERY = '{"query":"{__typename}"}';
const PREFLIGHT = {
  "access-control-request-method": "POST",
  "access-control-request-headers": "authorization,content-type",
};

describe("once callers are asked who they are", () => {
  let server: StubServer;
  beforeAll(async () => {
    server = await startStubServer({ access: asked, allowedOrigins: [APP], publicUrl: `${PUBLIC}/reelwire` });
  });
  afterAll(() => server[Symbol.asyncDispose]());

  test.each<[what: string, headers: Record<string, string>]>([
    ["another name", { host: "video.example.com" }],
    ["an address of the network", { host: "192.168.0.10:4000" }],
    ["a proxy", { host: "video.example.com", "x-forwarded-for": "203.0.113.1", forwarded: "for=203.0.113.1" }],
    ["its own page", { host: "video.example.com", origin: PUBLIC }],
    [
      "its own page, where TLS ends before it",
      { host: "elsewhere.example.com", origin: "https://elsewhere.example.com" },
    ],
    ["a page that is allowed", { host: "video.example.com", origin: APP }],
  ])("a request by %s is answered, and so is a websocket", async (_what, headers) => {
    expect((await askAs(server.port, "POST", "/graphql", { ...headers, ...json }, QUERY)).status).toBe(200);
    expect((await askAs(server.port, "GET", "/healthz", headers)).status).toBe(200);
    expect(await upgradeAs(server.port, headers)).toBe(101);
  });

  test.each([
    ["another page", "https://attacker.example"],
    ["a page whose origin begins like one that is allowed", `${APP}.attacker.example`],
    ["the page that is allowed, without TLS", APP.replace("https", "http")],
    ["a sandboxed page or a file", "null"],
  ])("%s gets no leave to read, and no websocket", async (_what, origin) => {
    const headers = { host: "video.example.com", origin };
    const preflight = await askAs(server.port, "OPTIONS", "/graphql", { ...headers, ...PREFLIGHT });
    expect(preflight.status).toBe(404);
    expect(preflight.headers["access-control-allow-origin"]).toBeUndefined();
    const answered = await askAs(server.port, "POST", "/graphql", { ...headers, ...json }, QUERY);
    expect(answered.headers["access-control-allow-origin"]).toBeUndefined();
    expect(await upgradeAs(server.port, headers)).toBe(403);
  });

  test("a page that is allowed may send a credential, and read what it is told; its preflight needs none", async () => {
    const headers = { host: "video.example.com", origin: APP };
    const preflight = await askAs(server.port, "OPTIONS", "/graphql", { ...headers, ...PREFLIGHT });
    expect(preflight.status).toBe(204);
    expect(preflight.headers["access-control-allow-origin"]).toBe(APP);
    expect(preflight.headers["access-control-allow-headers"]).toBe("authorization,content-type");
    expect(preflight.headers["access-control-allow-credentials"]).toBeUndefined();
    const answered = await askAs(server.port, "POST", "/graphql", { ...headers, ...json }, QUERY);
    expect(answered.headers["access-control-allow-origin"]).toBe(APP);
    expect(answered.headers.vary).toContain("Origin");
    expect(answered.headers["access-control-expose-headers"]).toMatch(/x-request-id.*retry-after/);
  });
});

describe("what an allowed page can read", () => {
  const headers = { host: "video.example.com", origin: APP };

  test.each([
    ["to whom is not known", { authenticate: () => Promise.reject(new ApiError("UNAUTHENTICATED")) }, true, 401],
    ["while the gateway starts", {}, false, 503],
  ])("is an error too, %s", async (_what, access, started, status) => {
    await using server = await startStubServer({
      access: { ...asked, ...access },
      allowedOrigins: [APP],
      onLoopback: false,
      started,
    });
    const answered = await askAs(server.port, "POST", "/graphql", { ...headers, ...json }, QUERY);
    expect(answered.status).toBe(status);
    expect(answered.headers["access-control-allow-origin"]).toBe(APP);
  });
});

test("with `*` every page may ask, in its own name", async () => {
  await using server = await startStubServer({ access: asked, allowedOrigins: ["*"] });
  for (const origin of [APP, "https://another.example", "null"]) {
    const headers = { host: "video.example.com", origin };
    const preflight = await askAs(server.port, "OPTIONS", "/graphql", { ...headers, ...PREFLIGHT });
    expect([preflight.status, preflight.headers["access-control-allow-origin"]]).toEqual([204, origin]);
    expect(await upgradeAs(server.port, headers)).toBe(101);
  }
});

test("what a page can send without being asked first is refused as ever, whatever its origin", async () => {
  await using server = await startStubServer({ access: asked, allowedOrigins: ["*"] });
  const headers = { host: "video.example.com", origin: "https://attacker.example", "content-type": "text/plain" };
  expect(await askAs(server.port, "POST", "/graphql", headers, QUERY)).toMatchObject({ code: "BAD_REQUEST" });
});

test("from the moment callers are asked, others than loopback are heard, and no moment before", async () => {
  let required = false;
  await using server = await startStubServer({ access: { isRequired: () => required }, allowedOrigins: [APP] });
  const headers = { host: "video.example.com", origin: APP };
  expect(await askAs(server.port, "GET", "/healthz", headers)).toMatchObject({ status: 403, code: "HOST_NOT_ALLOWED" });
  required = true;
  expect(await askAs(server.port, "GET", "/healthz", headers)).toMatchObject({ status: 200 });
});
