import { expect, test } from "vitest";
import { at, completed, quickClient } from "./client-fixtures.ts";
import { gatewayError, ScriptedGateway } from "./scripted-gateway.ts";

test("every video, each time something about it changes, until the reader leaves", async () => {
  await using gateway = await ScriptedGateway.start();
  using client = quickClient(gateway.url);
  const watching = client.watchActivity();
  const first = watching.next();
  await gateway.until(() => gateway.running === 1);
  gateway.tell(at(1, 0, { id: "video_a" }));
  expect((await first).value).toEqual(at(1, 0, { id: "video_a" }));
  gateway.tell(completed(2, { id: "video_a" }));
  expect((await watching.next()).value).toEqual(completed(2, { id: "video_a" }));
  const next = watching.next();
  await watching.return?.();
  expect(await next).toEqual({ done: true, value: undefined });
  await gateway.until(() => gateway.running === 0 && gateway.open === 0);
});

test("it is said to have begun when the gateway knows of it: what is read then is older than nothing that is told", async () => {
  await using gateway = await ScriptedGateway.start();
  using client = quickClient(gateway.url);
  const { promise: running, resolve } = Promise.withResolvers<number>();
  const watching = client.watchActivity({ onBegin: () => resolve(gateway.running) });
  const next = watching.next();
  expect(await running).toBe(1);
  await watching.return?.();
  await next;
});

test("a slow reader is told the newest of each video", async () => {
  await using gateway = await ScriptedGateway.start();
  using client = quickClient(gateway.url);
  const slow = client.watchActivity();
  const quick = client.watchActivity();
  const [first] = [slow.next(), quick.next()];
  await gateway.until(() => gateway.running === 2);
  gateway.tell(at(1, 0, { id: "video_a" }));
  await first;
  for (let version = 1; version <= 50; version++) {
    gateway.tell(at(version, 0, { id: "video_b" }), at(version, 0, { id: "video_c" }));
  }
  gateway.tell(at(1, 0, { id: "video_d" }));
  for await (const { id } of quick) if (id === "video_d") break;
  const told = [await slow.next(), await slow.next(), await slow.next()].map(({ value }) => [
    value?.id,
    value?.version,
  ]);
  expect(told).toEqual([
    ["video_b", 50],
    ["video_c", 50],
    ["video_d", 1],
  ]);
});

test.each([
  ["lost connections", (gateway: ScriptedGateway) => gateway.cut()],
  ["a gateway that stops", (gateway: ScriptedGateway) => gateway.closeSockets(1001)],
  ["a completion", (gateway: ScriptedGateway) => gateway.completeAll()],
])("it goes on after %s, and says that something may have been missed", async (_, trouble) => {
  await using gateway = await ScriptedGateway.start();
  using client = quickClient(gateway.url);
  const { promise: reconnected, resolve } = Promise.withResolvers<void>();
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  let begins = 0;
  let reconnects = 0;
  const watching = client.watchActivity({
    onBegin: () => {
      begins++;
      begin();
    },
    onReconnect: () => {
      reconnects++;
      resolve();
    },
  });
  const next = watching.next();
  await begun;
  expect(reconnects).toBe(0);
  trouble(gateway);
  await reconnected;
  await gateway.until(() => gateway.running === 1);
  gateway.tell(at(1));
  expect((await next).value).toEqual(at(1));
  expect(reconnects).toBeGreaterThanOrEqual(1);
  expect(begins).toBe(1);
});

test("it ends by the signal, and with an error that the gateway gives", async () => {
  await using gateway = await ScriptedGateway.start();
  using client = quickClient(gateway.url);
  const controller = new AbortController();
  const next = client.watchActivity({ signal: controller.signal }).next();
  await gateway.until(() => gateway.running === 1);
  controller.abort(new Error("Enough."));
  await expect(next).rejects.toThrow("Enough.");
  gateway.refusals.push(gatewayError("BAD_INPUT"));
  await expect(client.watchActivity().next()).rejects.toEqual(expect.objectContaining({ code: "BAD_INPUT" }));
});
