import { once } from "node:events";
import type { Socket } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { upgradeAs } from "./ask-as.ts";
import { openAcknowledged, openSocket, subscribe } from "./raw-socket.ts";
import { endless, type StubServer, type StubServerOptions, startStubServer } from "./stub-engine.ts";

const leftovers: AsyncDisposable[] = [];
afterEach(async () => {
  for (const leftover of leftovers.splice(0)) await leftover[Symbol.asyncDispose]();
});

async function start(options: StubServerOptions): Promise<StubServer> {
  const server = await startStubServer(options);
  leftovers.push(server);
  return server;
}

describe("a websocket", () => {
  test("speaks graphql-transport-ws only: 4406", async () => {
    const server = await start({});
    const { closed } = await openSocket(server.url, []);
    expect((await closed).code).toBe(4406);
  });

  test("that says nothing is closed: 4408", async () => {
    const server = await start({ sockets: { initWithinMs: 20 } });
    const { closed } = await openSocket(server.url);
    expect((await closed).code).toBe(4408);
  });

  test("that sends what is no message is closed: 4400; one that asks before it is acknowledged: 4401", async () => {
    const server = await start({});
    const nonsense = await openSocket(server.url);
    nonsense.send({ nonsense: true });
    expect((await nonsense.closed).code).toBe(4400);
    const hasty = await openSocket(server.url);
    hasty.send(subscribe("1", "{ models { id } }"));
    expect((await hasty.closed).code).toBe(4401);
  });

  test("that sends too large a message is closed: 1009", async () => {
    const server = await start({ sockets: { maxMessageBytes: 1_000 } });
    const client = await openAcknowledged(server.url);
    client.send(subscribe("1", `{ models { id } } # ${"x".repeat(1_000)}`));
    expect((await client.closed).code).toBe(1009);
  });

  test("that sends more than 64 KiB before it is acknowledged is closed with 1009, and the rest is not read", async () => {
    const server = await start({ sockets: { closeWithinMs: 1_000 } });
    const connected = once(server.app.server, "connection");
    const client = await openSocket(server.url);
    const [connection] = (await connected) as [Socket];
    const [serverSide] = server.app.websocketServer.clients;
    if (serverSide === undefined) throw new Error("no socket");
    const cut = once(serverSide, "close");
    client.send({ type: "connection_init", payload: { token: "x".repeat(31 * 1024 * 1024) } });
    expect((await client.closed).code).toBe(1009);
    await cut;
    expect(connection.bytesRead).toBeLessThan(1024 * 1024);
  });

  test("counts in many small messages, too", async () => {
    const server = await start({ sockets: { maxBytesBeforeInit: 1_000, closeWithinMs: 500 } });
    const client = await openSocket(server.url);
    for (let index = 0; index < 100; index++) client.send({ type: "ping" });
    expect((await client.closed).code).toBe(1009);
  });

  test("that is acknowledged may send large messages", async () => {
    const server = await start({ sockets: { maxBytesBeforeInit: 1_000 } });
    const client = await openAcknowledged(server.url);
    client.send(subscribe("1", `{ models { id } } # ${"x".repeat(100_000)}`));
    expect(await client.next("next")).toMatchObject({ id: "1" });
  });

  test("is refused with 503 while too many are not acknowledged, and taken when one is, or goes", async () => {
    const server = await start({ sockets: { maxUnacknowledged: 2 } });
    const [first, second] = [await openSocket(server.url), await openSocket(server.url)];
    const headers = { host: "127.0.0.1" };
    expect(await upgradeAs(server.port, headers)).toBe(503);
    first.send({ type: "connection_init" });
    await first.next("connection_ack");
    const third = await openSocket(server.url);
    expect(await upgradeAs(server.port, headers)).toBe(503);
    third.send({ type: "nonsense" });
    second.send({ type: "nonsense" });
    await Promise.all([second.closed, third.closed]);
    expect(await upgradeAs(server.port, headers)).toBe(101);
  });

  test("takes so many operations at once, and refuses one more as an error of that operation", async () => {
    const server = await start({ sockets: { maxOperations: 2 } });
    const client = await openAcknowledged(server.url);
    for (const id of ["1", "2", "3"]) client.send(subscribe(id, "subscription { videoActivity { id } }"));
    expect(await client.next("error")).toMatchObject({ id: "3", payload: [{ extensions: { code: "BAD_INPUT" } }] });
    expect(client.socket.readyState).toBe(WebSocket.OPEN);
  });

  test("that answers no ping is cut; one that does stays", async () => {
    const server = await start({ sockets: { pingEveryMs: 40 } });
    const alive = await openAcknowledged(server.url);
    const dead = await openSocket(server.url, undefined, { autoPong: false });
    dead.send({ type: "connection_init" });
    expect((await dead.closed).code).toBe(1006);
    expect(alive.socket.readyState).toBe(WebSocket.OPEN);
  });

  test("that goes away has its operations ended", async () => {
    const { promise: left, resolve } = Promise.withResolvers<void>();
    const server = await start({ engine: { watchActivity: () => endless(resolve) } });
    const client = await openAcknowledged(server.url);
    client.send(subscribe("1", "subscription { videoActivity { id } }"));
    client.send(subscribe("2", "{ models { id } }"));
    await client.next("next");
    client.socket.terminate();
    await left;
  });

  test("whose client does not read is closed with 4413, and cut when it will not go", async () => {
    const server = await start({ sockets: { maxBufferedBytes: 16 * 1024, slowForMs: 50, closeWithinMs: 50 } });
    const client = await openAcknowledged(server.url);
    const [serverSide] = server.app.websocketServer.clients;
    if (serverSide === undefined) throw new Error("no socket");
    const closedThere = once(serverSide, "close").then(([code]) => code);
    const closing = new Promise<number>((resolve) => {
      const { close } = serverSide;
      serverSide.close = (code, reason) => {
        resolve(code ?? 0);
        close.call(serverSide, code, reason);
      };
    });
    client.socket.pause();
    const schema = "{ __schema { types { name description fields { name description args { name description } } } } }";
    // More than the system's own buffers take.
    for (let index = 0; index < 99; index++) {
      client.send(
        subscribe(
          String(index),
          `{ ${Array.from({ length: 5 }, (_, n) => `a${n}: ${schema.slice(2, -2)}`).join(" ")} }`,
        ),
      );
    }
    expect(await closing).toBe(4413);
    expect(await closedThere).toBe(1006);
    expect(serverSide.bufferedAmount).toBeLessThan(4 * 1024 * 1024);
    client.socket.terminate();
  });

  test("is closed with 1001 when the gateway stops, before anything else ends", async () => {
    const server = await start({});
    const client = await openAcknowledged(server.url);
    client.send(subscribe("1", "subscription { videoActivity { id } }"));
    client.send(subscribe("2", "{ models { id } }"));
    await client.next("next");
    await server.app.close();
    expect((await client.closed).code).toBe(1001);
    expect(client.received.filter(({ type, id }) => type === "complete" && id === "1")).toEqual([]);
  });
});
