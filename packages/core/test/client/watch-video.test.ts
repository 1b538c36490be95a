import { execFile } from "node:child_process";
import { promisify } from "node:util";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { ReelwireError, type Video } from "../../src/client/index.ts";
import { all, at, completed, ID, quickClient, readTo, versions } from "./client-fixtures.ts";
import { gatewayError, ScriptedGateway } from "./scripted-gateway.ts";

describe("without trouble", () => {
  test("the video as it is now, then every version, ending after the final one (invariant 7)", async () => {
    await using gateway = await ScriptedGateway.start();
    using client = quickClient(gateway.url);
    gateway.tell(at(1), at(2));
    const watching = client.watchVideo(ID);
    const seen = await readTo(2, watching);
    gateway.tell(at(3));
    await readTo(3, watching, seen);
    gateway.tell(at(3, 5));
    seen.push((await watching.next()).value ?? at(0));
    gateway.tell(completed(4));
    for await (const video of watching) seen.push(video);
    expect(seen).toEqual([at(2), at(3), at(3, 5), completed(4)]);
    await gateway.until(() => gateway.open === 0);
  });

  test("everything after a version that was seen", async () => {
    await using gateway = await ScriptedGateway.start();
    using client = quickClient(gateway.url);
    gateway.tell(at(1), at(2), at(3), completed(4));
    expect(versions(await all(client.watchVideo(ID, { afterVersion: 1 })))).toEqual([2, 3, 4]);
    expect(gateway.subscriptions).toEqual([1]);
  });

  test("nothing, when the final version was seen already", async () => {
    await using gateway = await ScriptedGateway.start();
    using client = quickClient(gateway.url);
    gateway.tell(at(1), completed(2));
    expect(await all(client.watchVideo(ID, { afterVersion: 2 }))).toEqual([]);
    expect(await all(client.watchVideo(ID, { afterVersion: 7 }))).toEqual([]);
  });

  test("with a WebSocket class that is given", async () => {
    await using gateway = await ScriptedGateway.start();
    using client = quickClient(gateway.url, { webSocketImpl: WebSocket });
    gateway.tell(completed(1));
    expect(versions(await all(client.watchVideo(ID)))).toEqual([1]);
  });

  test("two who watch share one websocket, which is closed after the last", async () => {
    await using gateway = await ScriptedGateway.start();
    using client = quickClient(gateway.url);
    gateway.tell(at(1), at(1, 0, { id: "video_b" }));
    const one = client.watchVideo(ID);
    const other = client.watchVideo("video_b");
    await Promise.all([one.next(), other.next()]);
    expect(gateway.connections).toBe(1);
    await one.return?.();
    await gateway.until(() => gateway.running === 1);
    gateway.tell(completed(2, { id: "video_b" }));
    expect(versions(await all(other))).toEqual([2]);
    expect(gateway.connections).toBe(1);
    await gateway.until(() => gateway.open === 0);
  });
});

describe("through trouble", () => {
  const troubles: Record<string, (gateway: ScriptedGateway) => void> = {
    "a cut": (gateway) => gateway.cut(),
    "a stop of the gateway (1001)": (gateway) => gateway.closeSockets(1001),
    "a restart (1012)": (gateway) => gateway.closeSockets(1012),
    "a normal closure (1000)": (gateway) => gateway.closeSockets(1000),
    "an internal error of the server (1011)": (gateway) => gateway.closeSockets(1011),
    "an internal error of the gateway (4500)": (gateway) => gateway.closeSockets(4500),
    "reading too slowly (4413)": (gateway) => gateway.closeSockets(4413),
    "a completion too early": (gateway) => gateway.completeAll(),
    "a network that swallows everything": (gateway) => gateway.vanish(),
  };

  test.each(Object.entries(troubles))("%s: nothing is missed or repeated", async (_, trouble) => {
    await using gateway = await ScriptedGateway.start();
    using client = quickClient(gateway.url, { keepAliveMs: 50 });
    gateway.tell(at(1), at(2));
    const watching = client.watchVideo(ID);
    const seen = await readTo(2, watching);
    trouble(gateway);
    gateway.tell(at(3), at(4));
    await readTo(4, watching, seen);
    trouble(gateway);
    gateway.tell(completed(5));
    expect(versions(await readTo(5, watching, seen))).toEqual([2, 3, 4, 5]);
    expect((await watching.next()).done).toBe(true);
    expect(gateway.subscriptions.slice(0, 2)).toEqual([null, 2]);
  });

  test("a gateway that is still starting", async () => {
    await using gateway = await ScriptedGateway.start();
    using client = quickClient(gateway.url);
    gateway.tell(completed(1));
    gateway.refusals.push(gatewayError("UNAVAILABLE"), gatewayError("UNAVAILABLE"));
    expect(versions(await all(client.watchVideo(ID)))).toEqual([1]);
  });

  test("a gateway that is not there yet", async () => {
    const gateway = await ScriptedGateway.start();
    const { url } = gateway;
    using client = quickClient(url);
    gateway.tell(at(1));
    const watching = client.watchVideo(ID);
    await watching.next();
    const next = watching.next();
    await gateway[Symbol.asyncDispose]();
    await using again = await ScriptedGateway.start(Number(new URL(url).port));
    again.tell(at(1), completed(2));
    expect((await next).value).toEqual(completed(2));
  });

  type Step = "version" | "progress" | "read" | "cut" | "close" | "complete";
  const steps = fc.array(fc.constantFrom<Step>("version", "version", "progress", "read", "cut", "close", "complete"), {
    maxLength: 25,
  });

  test("any of it at any time: every version, in order, none twice (invariant 7)", async () => {
    await fc.assert(
      fc.asyncProperty(steps, fc.option(fc.constantFrom(0, 1)), async (steps, afterVersion) => {
        await using gateway = await ScriptedGateway.start();
        using client = quickClient(gateway.url);
        let version = 1;
        let checked = 0;
        gateway.tell(at(version));
        const watching = client.watchVideo(ID, { afterVersion });
        const seen: Video[] = afterVersion === null ? await readTo(1, watching) : [];
        for (const step of steps) {
          if (step === "version") gateway.tell(at(++version, ++checked));
          if (step === "progress") gateway.tell(at(version, ++checked));
          if (step === "cut") gateway.cut();
          if (step === "close") gateway.closeSockets(1001);
          if (step === "complete") gateway.completeAll();
          if (step === "read" && version > (seen.at(-1)?.version ?? afterVersion ?? 0)) {
            await readTo(version, watching, seen);
          }
        }
        gateway.tell(completed(++version));
        for await (const video of watching) seen.push(video);

        const first = (afterVersion ?? 0) + 1;
        const distinct = new Set(versions(seen));
        distinct.delete(afterVersion ?? 0);
        expect([...distinct]).toEqual(Array.from({ length: version - first + 1 }, (_, index) => first + index));
        expect(seen.at(-1)).toEqual(completed(version));
        for (const [index, video] of seen.entries()) {
          const before = seen[index - 1];
          if (before?.version === video.version) {
            expect(video.lastCheckedAt?.localeCompare(before.lastCheckedAt ?? "")).toBe(1);
          } else if (before !== undefined) {
            expect(video.version).toBe(before.version + 1);
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe("what cannot be watched", () => {
  test.each(["NOT_FOUND", "BAD_INPUT", "HOST_NOT_ALLOWED"])("%s is thrown, and not tried again", async (code) => {
    await using gateway = await ScriptedGateway.start();
    using client = quickClient(gateway.url);
    const issues = [{ path: ["afterVersion"], message: "No." }];
    gateway.refusals.push(gatewayError(code, "No.", { issues }));
    const watching = client.watchVideo(ID);
    await expect(watching.next()).rejects.toEqual(expect.objectContaining({ code, issues, retryable: false }));
    expect((await watching.next()).done).toBe(true);
    await gateway.until(() => gateway.open === 0);
    expect(gateway.connections).toBe(1);
  });

  test("an error in the middle is thrown after what came before it", async () => {
    await using gateway = await ScriptedGateway.start();
    using client = quickClient(gateway.url);
    gateway.tell(at(1), at(2));
    const watching = client.watchVideo(ID, { afterVersion: 0 });
    await watching.next();
    gateway.tell(at(3));
    gateway.failures.set(3, gatewayError("INTERNAL", "Oh.", { requestId: "r-1" }));
    expect((await watching.next()).value?.version).toBe(2);
    await expect(watching.next()).rejects.toEqual(expect.objectContaining({ code: "INTERNAL", requestId: "r-1" }));
    await gateway.until(() => gateway.running === 0);
  });

  test.each([
    [4400, "SOCKET_REFUSED"],
    [4403, "SOCKET_REFUSED"],
    [4406, "SOCKET_REFUSED"],
    [4401, "UNAUTHENTICATED"],
    [4440, "UNAUTHENTICATED"],
    [4441, "UNAUTHENTICATED"],
  ])("a refusal of the websocket itself (%i)", async (closeCode, code) => {
    await using gateway = await ScriptedGateway.start();
    using client = quickClient(gateway.url);
    gateway.tell(at(1));
    const watching = client.watchVideo(ID);
    await watching.next();
    gateway.closeSockets(closeCode);
    const error = await watching.next().catch((error: unknown) => error);
    expect(error).toBeInstanceOf(ReelwireError);
    expect(error).toEqual(expect.objectContaining({ code, retryable: false }));
    expect(gateway.connections).toBe(1);
  });
});

describe("an end that the reader makes", () => {
  test("by the signal, while it waits: the reason is thrown", async () => {
    await using gateway = await ScriptedGateway.start();
    using client = quickClient(gateway.url);
    gateway.tell(at(1));
    const controller = new AbortController();
    const watching = client.watchVideo(ID, { signal: controller.signal });
    await watching.next();
    const next = watching.next();
    controller.abort(new Error("Enough."));
    await expect(next).rejects.toThrow("Enough.");
    expect((await watching.next()).done).toBe(true);
    await gateway.until(() => gateway.running === 0 && gateway.open === 0);
  });

  test("by a signal that has aborted before: nothing is opened", async () => {
    await using gateway = await ScriptedGateway.start();
    using client = quickClient(gateway.url);
    const watching = client.watchVideo(ID, { signal: AbortSignal.abort(new Error("Enough.")) });
    await expect(watching.next()).rejects.toThrow("Enough.");
    expect(gateway.connections).toBe(0);
  });

  test("by break", async () => {
    await using gateway = await ScriptedGateway.start();
    using client = quickClient(gateway.url);
    gateway.tell(at(1), at(2));
    for await (const { version } of client.watchVideo(ID, { afterVersion: 0 })) if (version === 1) break;
    await gateway.until(() => gateway.running === 0 && gateway.open === 0);
  });

  test("by return, while it waits", async () => {
    await using gateway = await ScriptedGateway.start();
    using client = quickClient(gateway.url);
    gateway.tell(at(1));
    const watching = client.watchVideo(ID);
    await watching.next();
    const next = watching.next();
    expect(await watching.return?.()).toEqual({ done: true, value: undefined });
    expect(await next).toEqual({ done: true, value: undefined });
    await gateway.until(() => gateway.running === 0 && gateway.open === 0);
  });

  test("by close, while it waits for another try", async () => {
    const gateway = await ScriptedGateway.start();
    const client = quickClient(gateway.url, { retryDelayMs: 3_600_000, maxRetryDelayMs: 3_600_000 });
    gateway.tell(at(1));
    const watching = client.watchVideo(ID);
    await watching.next();
    const next = watching.next();
    await gateway[Symbol.asyncDispose]();
    client.close();
    await expect(next).rejects.toEqual(expect.objectContaining({ code: "CLOSED" }));
    await expect(client.watchVideo(ID).next()).rejects.toEqual(expect.objectContaining({ code: "CLOSED" }));
  });
});

test("a slow reader is told every version, and of each only its newest state", async () => {
  await using gateway = await ScriptedGateway.start();
  using client = quickClient(gateway.url);
  gateway.tell(at(1));
  const slow = client.watchVideo(ID);
  const quick = client.watchVideo(ID);
  await slow.next();
  for (let checked = 1; checked <= 50; checked++) gateway.tell(at(1, checked));
  for (let checked = 1; checked <= 50; checked++) gateway.tell(at(2, checked));
  gateway.tell(completed(3));
  // Both are told over the same websocket in turn, so that what the quick one has read to its end the slow one was sent.
  await all(quick);
  await gateway.until(() => gateway.running === 0);
  expect(await all(slow)).toEqual([at(1, 50), at(2, 50), completed(3)]);
});

test("a program that no longer watches ends, even while a reconnect is hours away", async () => {
  const entry = new URL("../../dist/client/index.js", import.meta.url);
  const program = `
    import { createReelwireClient } from ${JSON.stringify(entry.href)};
    const { promise: lost, resolve } = Promise.withResolvers();
    const client = createReelwireClient({
      url: "http://127.0.0.1:9/graphql",
      retryDelayMs: 3_600_000,
      maxRetryDelayMs: 3_600_000,
      webSocketImpl: class extends WebSocket {
        constructor(...args) {
          super(...args);
          this.addEventListener("close", () => setImmediate(resolve));
        }
      },
    });
    const watching = client.watchVideo("${ID}");
    const next = watching.next();
    await lost;
    await watching.return();
    console.log((await next).done);
  `;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", program]);
  expect(stdout).toBe("true\n");
});
