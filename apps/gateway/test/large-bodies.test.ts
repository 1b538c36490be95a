import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { afterEach, expect, test } from "vitest";
import { type StubServer, startStubServer } from "./stub-engine.ts";

let server: StubServer;
const sockets: Socket[] = [];

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await server[Symbol.asyncDispose]();
});

/** Announces a large body and does not send it. */
async function announce(): Promise<Socket> {
  const socket = connect(server.port, "127.0.0.1");
  sockets.push(socket);
  await once(socket, "connect");
  const head = [
    "POST /graphql HTTP/1.1",
    "Host: 127.0.0.1",
    "Content-Type: application/json",
    "Content-Length: 2000000",
  ];
  socket.write(`${head.join("\r\n")}\r\n\r\n`);
  return socket;
}

test("large bodies wait for each other, small ones do not wait, and too many are turned away", async () => {
  server = await startStubServer();
  // Two are let in and never finish; fifty wait; the next is refused.
  const waiting = [];
  for (let i = 0; i < 52; i += 1) waiting.push(await announce());
  const small = await fetch(`${server.url}/healthz`);
  expect(small.status).toBe(200);
  const refused = await announce();
  const [answer] = (await once(refused, "data")) as [Buffer];
  expect(answer.toString()).toMatch(/^HTTP\/1\.1 503 [\s\S]*retry-after: 5[\s\S]*UNAVAILABLE/i);

  // Those that go away make room for the next that waits.
  waiting[0]?.destroy();
  const next = waiting[2];
  if (next === undefined) throw new Error("nobody waits");
  next.write(JSON.stringify({ query: "{ __typename }" }).padEnd(2_000_000));
  const [served] = (await once(next, "data")) as [Buffer];
  expect(served.toString()).toMatch(/^HTTP\/1\.1 200 /);
});
