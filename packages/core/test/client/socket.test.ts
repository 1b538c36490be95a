import { afterEach, describe, expect, test } from "vitest";
import { at, completed, ID, quickClient, readTo, versions } from "./client-fixtures.ts";
import { ScriptedGateway } from "./scripted-gateway.ts";

test("who leaves and comes back on the same turn finds the websocket open", async () => {
  await using gateway = await ScriptedGateway.start();
  using client = quickClient(gateway.url);
  gateway.tell(at(1));
  for (let times = 0; times < 3; times++) {
    const watching = client.watchVideo(ID);
    await watching.next();
    await watching.return?.();
  }
  expect(gateway.connections).toBe(1);
  await gateway.until(() => gateway.open === 0);
});

test("who leaves before it is open has it closed then", async () => {
  await using gateway = await ScriptedGateway.start();
  using client = quickClient(gateway.url);
  const watching = client.watchVideo(ID);
  const next = watching.next();
  const left = gateway.until(() => gateway.upgrades === 1).then(() => watching.return?.());
  await left;
  expect((await next).done).toBe(true);
  await gateway.until(() => gateway.connections === 1 && gateway.open === 0);
  expect(gateway.subscriptions).toEqual([]);
});

test.each(["neither", "null", "[]", '{"type":"odd"}', '{"type":"next"}', '{"type":"next","id":"1"}'])(
  "a message that is none of the protocol's, %j, closes the websocket with 4400, and costs nothing that is watched",
  async (text) => {
    await using gateway = await ScriptedGateway.start();
    using client = quickClient(gateway.url);
    gateway.tell(at(1));
    const watching = client.watchVideo(ID);
    const seen = await readTo(1, watching);
    gateway.say(text);
    await gateway.until(() => gateway.closeCodes.length === 1);
    gateway.tell(completed(2));
    expect(versions(await readTo(2, watching, seen))).toEqual([1, 2]);
    expect(gateway.closeCodes[0]).toBe(4400);
  },
);

test.each([
  '{"type":"next","id":"77"}',
  '{"type":"pong","payload":{"of":"nothing"}}',
  '{"type":"ping","payload":null}',
])("a message that may be ignored, %j, is", async (text) => {
  await using gateway = await ScriptedGateway.start();
  using client = quickClient(gateway.url);
  gateway.tell(at(1));
  const watching = client.watchVideo(ID);
  const seen = await readTo(1, watching);
  gateway.say(text);
  gateway.tell(completed(2));
  expect(versions(await readTo(2, watching, seen))).toEqual([1, 2]);
  expect(gateway.connections).toBe(1);
});

test("a ping is answered", async () => {
  await using gateway = await ScriptedGateway.start();
  using client = quickClient(gateway.url);
  gateway.tell(at(1));
  const watching = client.watchVideo(ID);
  await watching.next();
  gateway.say('{"type":"ping","payload":{"sent":1}}');
  await gateway.until(() => gateway.pongs === 1);
  expect(gateway.connections).toBe(1);
});

test("hundreds of videos: as many as the gateway takes on one websocket, and one less, the others over HTTP", async () => {
  await using gateway = await ScriptedGateway.start();
  using client = quickClient(gateway.url, { keepAliveMs: 3_600_000 });
  const ids = Array.from({ length: 150 }, (_, index) => `video_${index}`);
  gateway.tell(...ids.map((id) => at(1, 0, { id })));
  const watching = ids.map((id) => client.watchVideo(id));
  await Promise.all(watching.map((videos) => videos.next()));
  expect([gateway.connections, gateway.running - gateway.streams.length]).toEqual([1, 99]);
  gateway.tell(...ids.map((id) => completed(2, { id })));
  const rest = await Promise.all(watching.map((videos) => readTo(2, videos)));
  expect(rest.every((videos) => videos.at(-1)?.status === "COMPLETED")).toBe(true);
});

test("a gateway that has refused the websocket by its code is asked by websocket again", async () => {
  await using gateway = await ScriptedGateway.start();
  using client = quickClient(gateway.url);
  gateway.tell(completed(1));
  gateway.upgrade = { closedWith: 4403 };
  for (let times = 0; times < 2; times++) {
    await expect(client.watchVideo(ID).next()).rejects.toMatchObject({ code: "SOCKET_REFUSED", retryable: false });
  }
  gateway.upgrade = "passed";
  expect(versions(await readTo(1, client.watchVideo(ID)))).toEqual([1]);
  expect([gateway.upgrades, gateway.streams]).toEqual([3, []]);
});

describe("in a page", () => {
  /** As much of a page as the client listens to. */
  function openPage(): EventTarget {
    const page = new EventTarget();
    Object.assign(globalThis, { addEventListener: page.addEventListener.bind(page) });
    return page;
  }
  afterEach(() => void Reflect.deleteProperty(globalThis, "addEventListener"));

  test.each(["online", "visibilitychange"])("%s has what waits for another try tried at once", async (event) => {
    const page = openPage();
    await using gateway = await ScriptedGateway.start();
    const { promise: lost, resolve } = Promise.withResolvers<void>();
    using client = quickClient(gateway.url, {
      retryDelayMs: 3_600_000,
      maxRetryDelayMs: 3_600_000,
      webSocketImpl: class extends WebSocket {
        constructor(url: string, protocol: string) {
          super(url, protocol);
          this.addEventListener("close", () => setImmediate(resolve));
        }
      },
    });
    gateway.tell(at(1));
    const watching = client.watchVideo(ID);
    const seen = await readTo(1, watching);
    gateway.cut();
    await lost;
    gateway.tell(completed(2));
    const rest = readTo(2, watching, seen);
    page.dispatchEvent(new Event(event));
    expect(versions(await rest)).toEqual([1, 2]);
  });

  test("nobody listens to the page where nothing is watched", async () => {
    const heard: string[] = [];
    const forgotten: string[] = [];
    Object.assign(globalThis, {
      addEventListener(event: string, _listener: () => void, { signal }: { signal: AbortSignal }) {
        heard.push(event);
        signal.addEventListener("abort", () => forgotten.push(event));
      },
    });
    await using gateway = await ScriptedGateway.start();
    using client = quickClient(gateway.url);
    gateway.tell(at(1));
    const watching = client.watchVideo(ID);
    expect(heard).toEqual([]);
    await watching.next();
    expect(heard).toEqual(["online", "visibilitychange"]);
    await watching.return?.();
    expect(forgotten).toEqual(heard);
  });

  test("visibilitychange has an open websocket asked for a sign of life once, whatever is watched on it", async () => {
    const page = openPage();
    await using gateway = await ScriptedGateway.start();
    using client = quickClient(gateway.url, { keepAliveMs: 3_600_000 });
    gateway.tell(at(1));
    const watching = [client.watchVideo(ID), client.watchVideo(ID), client.watchVideo(ID)];
    await Promise.all(watching.map((videos) => videos.next()));
    page.dispatchEvent(new Event("visibilitychange"));
    gateway.tell(completed(2));
    await Promise.all(watching.map((videos) => readTo(2, videos)));
    page.dispatchEvent(new Event("visibilitychange"));
    await gateway.until(() => gateway.open === 0);
    expect(gateway.pings).toBeLessThanOrEqual(2);
  });

  test("visibilitychange has an open websocket asked for a sign of life; after close nothing is", async () => {
    const page = openPage();
    await using gateway = await ScriptedGateway.start();
    using client = quickClient(gateway.url, { keepAliveMs: 3_600_000 });
    gateway.tell(at(1));
    const watching = client.watchVideo(ID);
    await watching.next();
    page.dispatchEvent(new Event("visibilitychange"));
    await gateway.until(() => gateway.pings === 1);
    const next = watching.next();
    client.close();
    await expect(next).rejects.toMatchObject({ code: "CLOSED" });
    page.dispatchEvent(new Event("visibilitychange"));
    await gateway.until(() => gateway.open === 0);
    expect(gateway.pings).toBe(1);
  });
});
