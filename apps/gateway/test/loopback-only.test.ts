import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { askAs, upgradeAs } from "./ask-as.ts";
import { type StubServer, startStubServer } from "./stub-engine.ts";

const DEV_PAGE = "http://localhost:5173";
/** Allowed, but only once callers are asked who they are. */
const ELSEWHERE = "https://app.example.com";

let server: StubServer;
beforeAll(async () => {
  server = await startStubServer({ allowedOrigins: [DEV_PAGE, ELSEWHERE, "*"], publicUrl: ELSEWHERE });
});
afterAll(() => server[Symbol.asyncDispose]());

/** `{port}` stands for the server's own. */
const headersFor = (headers: Record<string, string>) =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, value.replace("{port}", String(server.port))]),
  );

const ask = (method: string, path: string, headers: Record<string, string>, body?: string) =>
  askAs(server.port, method, path, headersFor(headers), body);
const upgrade = (headers: Record<string, string>) => upgradeAs(server.port, headersFor(headers));

const own = { host: "127.0.0.1:{port}" };

const allowed: [what: string, headers: Record<string, string>][] = [
  ["its own address", own],
  ["localhost, at a tunnel's port", { host: "localhost:8080" }],
  ["localhost without a port", { host: "LocalHost" }],
  ["IPv6 loopback", { host: "[::1]:{port}" }],
  ["another loopback address", { host: "127.8.8.8" }],
  ["its own page", { ...own, origin: "http://127.0.0.1:{port}" }],
  ["its own page, through a tunnel", { host: "localhost:8080", origin: "http://localhost:8080" }],
  ["a page that is allowed", { ...own, origin: DEV_PAGE }],
];

const refused: [what: string, headers: Record<string, string>, code: string][] = [
  ["a name that was rebound to this machine", { host: "attacker.example:{port}" }, "HOST_NOT_ALLOWED"],
  ["a name that begins like ours", { host: "localhost.attacker.example" }, "HOST_NOT_ALLOWED"],
  ["a name that begins like an address", { host: "127.0.0.1.attacker.example" }, "HOST_NOT_ALLOWED"],
  ["an address of the network", { host: "192.168.0.10:{port}" }, "HOST_NOT_ALLOWED"],
  ["every address", { host: "0.0.0.0:{port}" }, "HOST_NOT_ALLOWED"],
  ["an address written as a number", { host: "2130706433" }, "HOST_NOT_ALLOWED"],
  ["a user name before the host", { host: "attacker@localhost" }, "HOST_NOT_ALLOWED"],
  ["a page of the internet", { ...own, origin: "https://attacker.example" }, "ORIGIN_NOT_ALLOWED"],
  ["a page that is allowed once callers are asked", { ...own, origin: ELSEWHERE }, "ORIGIN_NOT_ALLOWED"],
  ["a page at another port", { ...own, origin: "http://127.0.0.1:5174" }, "ORIGIN_NOT_ALLOWED"],
  ["its own port under another name", { ...own, origin: "http://localhost:{port}" }, "ORIGIN_NOT_ALLOWED"],
  ["its own name over TLS", { ...own, origin: "https://127.0.0.1:{port}" }, "ORIGIN_NOT_ALLOWED"],
  ["a sandboxed page or a file", { ...own, origin: "null" }, "ORIGIN_NOT_ALLOWED"],
  ["Forwarded", { ...own, forwarded: "for=203.0.113.1" }, "HOST_NOT_ALLOWED"],
  ["Via", { ...own, via: "1.1 proxy" }, "HOST_NOT_ALLOWED"],
  ["X-Forwarded-For", { ...own, "x-forwarded-for": "127.0.0.1" }, "HOST_NOT_ALLOWED"],
  ["X-Forwarded-Host", { ...own, "x-forwarded-host": "localhost" }, "HOST_NOT_ALLOWED"],
  ["X-Forwarded-Proto", { ...own, "x-forwarded-proto": "https" }, "HOST_NOT_ALLOWED"],
  ["X-Real-IP", { ...own, "x-real-ip": "127.0.0.1" }, "HOST_NOT_ALLOWED"],
];

const query = { body: '{"query":"{__typename}"}', type: { "content-type": "application/json" } };

describe("while nobody is asked who they are, a request is answered that comes from", () => {
  test.each(allowed)("%s", async (_what, headers) => {
    expect((await ask("POST", "/graphql", { ...headers, ...query.type }, query.body)).status).toBe(200);
    expect((await ask("GET", "/healthz", headers)).status).toBe(200);
    expect(await upgrade(headers)).toBe(101);
  });
});

describe("while nobody is asked who they are, no route and no websocket answers what comes by", () => {
  test.each(refused)("%s", async (_what, headers, code) => {
    const told = { status: 403, code };
    expect(await ask("POST", "/graphql", { ...headers, ...query.type }, query.body)).toMatchObject(told);
    for (const path of ["/", "/graphql", "/healthz", "/readyz", "/files/x.mp4", "/nothing"]) {
      expect(await ask("GET", path, headers), path).toMatchObject(told);
    }
    expect(await ask("OPTIONS", "/graphql", { ...headers, "access-control-request-method": "POST" })).toMatchObject(
      told,
    );
    expect(await upgrade(headers)).toBe(403);
  });
});

test("the log says once how a page of this machine is allowed, and of no other page", async () => {
  const headers = { ...own, origin: "http://localhost:5199" };
  const of = (origin: string) =>
    server.logLines.filter((line) => line.includes("REELWIRE_ALLOWED_ORIGINS") && line.includes(`"${origin}"`));
  await ask("GET", "/graphql", headers);
  await ask("GET", "/graphql", headers);
  await ask("GET", "/graphql", { ...own, origin: "https://attacker.example" });
  expect(of("http://localhost:5199")).toHaveLength(1);
  expect(of("https://attacker.example")).toHaveLength(0);
});

test("an empty host, and in HTTP/1.0 none, are refused too", async () => {
  for (const head of ["GET /healthz HTTP/1.1\r\nHost:\r\n", "GET /healthz HTTP/1.0\r\n"]) {
    const socket = connect(server.port, "127.0.0.1");
    socket.write(`${head}Connection: close\r\n\r\n`);
    const text = Buffer.concat(await socket.toArray()).toString();
    expect(text).toMatch(/^HTTP\/1\.1 403 /);
    expect(text).toContain("HOST_NOT_ALLOWED");
  }
});

describe("CORS", () => {
  const preflight = { "access-control-request-method": "POST", "access-control-request-headers": "content-type" };

  test("an allowed page may ask, and read the answer", async () => {
    const asked = await ask("OPTIONS", "/graphql", { ...own, origin: DEV_PAGE, ...preflight });
    expect(asked.status).toBe(204);
    expect(asked.headers["access-control-allow-origin"]).toBe(DEV_PAGE);
    expect(asked.headers["access-control-allow-headers"]).toContain("content-type");
    const { headers } = await ask("POST", "/graphql", { ...own, origin: DEV_PAGE, ...query.type }, query.body);
    expect(headers["access-control-allow-origin"]).toBe(DEV_PAGE);
    expect(headers.vary).toContain("Origin");
  });

  test("no page is told that all may", async () => {
    const answered = await ask("GET", "/healthz", own);
    expect(answered.headers["access-control-allow-origin"]).not.toBe("*");
  });
});

describe("what a page can send without being asked first changes nothing", () => {
  test.each([
    ["a form", "POST", "/graphql", { "content-type": "application/x-www-form-urlencoded" }, "query=%7B__typename%7D"],
    ["text", "POST", "/graphql", { "content-type": "text/plain" }, query.body],
    ["a link", "GET", "/graphql?query=%7B__typename%7D", {}, undefined],
  ])("%s is refused", async (_what, method, path, headers: Record<string, string>, body) => {
    const { status, code } = await ask(method, path, { ...own, ...headers }, body);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(code).toBe("BAD_REQUEST");
  });

  test("a mutation by GET is refused, with whatever header", async () => {
    const path = `/graphql?query=${encodeURIComponent('mutation { cancelVideo(id: "x") { upstreamMayStillCharge } }')}`;
    expect(await ask("GET", path, { ...own, "apollo-require-preflight": "1" })).toMatchObject({
      status: 405,
      code: "BAD_REQUEST",
    });
  });
});
