import { once } from "node:events";
import { connect, type Socket } from "node:net";
import type { Caller } from "@reelwire/engine";
import { afterEach, describe, expect, test } from "vitest";
import { type StubServer, type StubServerOptions, startStubServer } from "./stub-engine.ts";

let server: StubServer;
const sockets: Socket[] = [];

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await server[Symbol.asyncDispose]();
});

const LENGTH = 2_000_000;
const WHOLE = JSON.stringify({ query: "{ __typename }" }).padEnd(LENGTH);

/** Says that a body comes, and sends nothing of it. An empty header is left out. */
async function announce(firstLine = "POST /graphql", headers: Record<string, string> = {}): Promise<Socket> {
  const socket = connect(server.port, "127.0.0.1");
  sockets.push(socket);
  await once(socket, "connect");
  const all = { Host: "127.0.0.1", "Content-Type": "application/json", "Content-Length": String(LENGTH), ...headers };
  const lines = Object.entries(all).flatMap(([name, value]) => (value === "" ? [] : `${name}: ${value}`));
  socket.write(`${[`${firstLine} HTTP/1.1`, ...lines].join("\r\n")}\r\n\r\n`);
  return socket;
}

const announceAs = (credential: string) => announce("POST /graphql", { Authorization: `Bearer ${credential}` });

/** What a socket is told first. */
async function answerOf(socket: Socket): Promise<string> {
  const [data] = await once(socket, "data");
  return String(data);
}

const answerTo = async (socket: Socket, body: string) => {
  socket.write(body);
  return answerOf(socket);
};

const REFUSED = /^HTTP\/1\.1 503 [\s\S]*retry-after: 5[\s\S]*UNAVAILABLE/i;
const SERVED = /^HTTP\/1\.1 200 /;

test("large bodies wait for each other, small ones do not wait, and too many are turned away", async () => {
  server = await startStubServer();
  // Two are let in and never finish; fifty wait; the next is refused.
  const waiting = [];
  for (let i = 0; i < 52; i += 1) waiting.push(await announce());
  const small = await fetch(`${server.url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: '{"query":"{__typename}"}',
  });
  expect(small.status).toBe(200);
  expect(await answerOf(await announce())).toMatch(REFUSED);

  // Those that go away make room for the next that waits.
  waiting[0]?.destroy();
  const next = waiting[2];
  if (next === undefined) throw new Error("nobody waits");
  expect(await answerTo(next, WHOLE)).toMatch(SERVED);
});

describe("once callers are asked", () => {
  /** `key_1` is a key itself, `key_1/ada` a token of it, `/ada` one of an issuer. */
  const access: StubServerOptions["access"] = {
    isRequired: () => true,
    async authenticate(credential): Promise<Caller> {
      const [keyId = "", subject = ""] = (credential ?? "").split("/");
      const viewer = {
        project: "default",
        keyId: keyId === "" ? null : keyId,
        subject: subject === "" ? null : subject,
      };
      return { viewer, scopes: new Set(["videos:read"]), by: "token", expiresAt: null };
    },
  };

  test("one key holds up only itself, however many it sends", async () => {
    server = await startStubServer({ access });
    for (let i = 0; i < 52; i += 1) await announceAs("key_1");
    expect(await answerOf(await announceAs("key_1"))).toMatch(REFUSED);
    for (const other of ["key_2", "key_2/ada", "/ada"]) {
      expect(await answerTo(await announceAs(other), WHOLE)).toMatch(SERVED);
    }
  });

  test.each(["key_1/", "/"])("one user holds up only themselves, and nobody else of %s", async (whose) => {
    server = await startStubServer({ access });
    for (let i = 0; i < 11; i += 1) await announceAs(`${whose}ada`);
    expect(await answerOf(await announceAs(`${whose}ada`))).toMatch(REFUSED);
    expect(await answerTo(await announceAs(`${whose}eve`), WHOLE)).toMatch(SERVED);
  });

  test("a body that does not arrive in time is refused with 408, and the next has its turn", async () => {
    server = await startStubServer({ access, largeBodyTimes: { arrivesWithinMs: 500 } });
    const slow = await announceAs("/ada");
    slow.write("{");
    const next = await announceAs("/ada");
    const served = answerTo(next, WHOLE);
    expect(await answerOf(slow)).toMatch(/^HTTP\/1\.1 408 [\s\S]*connection: close[\s\S]*BAD_REQUEST/i);
    await once(slow, "close");
    expect(await served).toMatch(SERVED);
  });

  test("who waits too long for a turn is told to come again, and takes none later", async () => {
    server = await startStubServer({ access, largeBodyTimes: { turnWithinMs: 50 } });
    const first = await announceAs("/ada");
    expect(await answerOf(await announceAs("/ada"))).toMatch(REFUSED);
    expect(await answerTo(first, WHOLE)).toMatch(SERVED);
    expect(await answerTo(await announceAs("/ada"), WHOLE)).toMatch(SERVED);
  });
});

describe("nobody takes a turn", () => {
  const upgrade = { Connection: "Upgrade", Upgrade: "websocket" };
  const key = { "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version": "13" };

  test.each<[what: string, firstLine: string, headers: Record<string, string>, answer: RegExp]>([
    ["with a large body for another route", "POST /nothing", {}, /^HTTP\/1\.1 413 /],
    ["with a large body for a health route", "POST /readyz", {}, /^HTTP\/1\.1 413 /],
    ["with another method", "PUT /graphql", {}, /^HTTP\/1\.1 413 /],
    ["with an upgrade to something", "POST /graphql", { Connection: "Upgrade", Upgrade: "foo" }, /^HTTP\/1\.1 426 /],
    ["with an upgrade that is a POST", "POST /graphql", { ...upgrade, ...key }, /^HTTP\/1\.1 426 /],
    ["with a websocket that has a body", "GET /graphql", { ...upgrade, ...key }, /^HTTP\/1\.1 426 /],
    ["with a websocket elsewhere", "GET /nothing", { ...upgrade, ...key, "Content-Length": "0" }, /^HTTP\/1\.1 426 /],
    [
      "with a websocket that has a body without a length",
      "GET /graphql",
      { ...upgrade, ...key, "Content-Length": "", "Transfer-Encoding": "chunked" },
      /^HTTP\/1\.1 426 /,
    ],
  ])("%s, and it is refused at once", async (_what, firstLine, headers, answer) => {
    server = await startStubServer();
    // More than may have a turn or wait for one.
    for (let i = 0; i < 60; i += 1) {
      const socket = await announce(firstLine, headers);
      expect(await answerOf(socket)).toMatch(answer);
    }
    expect(await answerTo(await announce(), WHOLE)).toMatch(SERVED);
  });

  test("after a refused upgrade the connection is closed", async () => {
    server = await startStubServer();
    const socket = await announce("POST /graphql", { Connection: "Upgrade", Upgrade: "foo" });
    const closed = once(socket, "close");
    expect(await answerOf(socket)).toMatch(/connection: close/i);
    await closed;
  });

  test("and what does not arrive at all is cut", async () => {
    server = await startStubServer();
    expect(server.app.server.requestTimeout).toBe(180_000);
  });
});
