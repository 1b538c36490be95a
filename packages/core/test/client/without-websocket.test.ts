import fc from "fast-check";
import { describe, expect, onTestFinished, test } from "vitest";
import type { ReelwireClient, Transport, Video } from "../../src/client/index.ts";
import { all, at, completed, ID, quickClient, readTo, tokens, versions } from "./client-fixtures.ts";
import { answer, gatewayError, type Reply, ScriptedGateway, type Upgrade } from "./scripted-gateway.ts";

/** Quick to find out that something keeps quiet, and slow to try again what does not get through. */
const client = (gateway: ScriptedGateway, options: Parameters<typeof quickClient>[1] = {}) =>
  quickClient(gateway.url, { keepAliveMs: 200, ...options });

/** A gateway that no websocket gets through to. */
async function blocked(upgrade: Upgrade = "refused"): Promise<ScriptedGateway> {
  const gateway = await ScriptedGateway.start();
  gateway.upgrade = upgrade;
  return gateway;
}

/** What the next value of an iterator ends with. */
const outcome = (next: Promise<unknown>) => next.catch((error: unknown) => error);

const WAYS: [string, Upgrade][] = [
  ["is refused", "refused"],
  ["breaks at once", "cut"],
  ["is never answered", "ignored"],
  ["is let through, and silenced", "silenced"],
  ["is let through, and closed normally (1000)", { closedWith: 1000 }],
  ["is let through, and closed by a policy (1008)", { closedWith: 1008 }],
  ["is let through, and closed for an error (1011)", { closedWith: 1011 }],
];

describe("where a websocket does not get through", () => {
  test.each(WAYS)("because it %s: the same is told by an event stream (invariant 7)", async (_, upgrade) => {
    await using gateway = await blocked(upgrade);
    using reelwire = client(gateway, { token: "rwk_secret" });
    gateway.tell(at(1), at(2));
    const watching = reelwire.watchVideo(ID);
    const seen = await readTo(2, watching);
    gateway.tell(at(3), at(3, 5), at(4));
    await readTo(4, watching, seen);
    gateway.tell(completed(5));
    for await (const video of watching) seen.push(video);
    expect([...new Set(versions(seen))]).toEqual([2, 3, 4, 5]);
    expect(gateway.streams).toEqual(["Bearer rwk_secret"]);
    // Silence takes its time, and is not tried again; other ways once more when the gateway is known to be there.
    expect(gateway.upgrades).toBe(upgrade === "ignored" || upgrade === "silenced" ? 1 : 3);
    expect(gateway.operations).toEqual([]);
    await gateway.until(() => gateway.running === 0);
  });

  test("because there are none at all", async () => {
    await using gateway = await ScriptedGateway.start();
    const webSocketImpl = class {
      constructor() {
        throw new Error("There are no websockets here.");
      }
    };
    using reelwire = client(gateway, { webSocketImpl });
    gateway.tell(completed(1));
    expect(versions(await all(reelwire.watchVideo(ID)))).toEqual([1]);
    expect([gateway.upgrades, gateway.streams.length]).toEqual([0, 1]);
  });

  const troubles: Record<string, (gateway: ScriptedGateway) => void> = {
    "a cut": (gateway) => gateway.cut(),
    "a completion too early": (gateway) => gateway.completeAll(),
  };
  test.each(Object.entries(troubles))("and %s: nothing is missed or repeated", async (_, trouble) => {
    await using gateway = await blocked();
    using reelwire = client(gateway);
    gateway.tell(at(1), at(2));
    const watching = reelwire.watchVideo(ID);
    const seen = await readTo(2, watching);
    trouble(gateway);
    gateway.tell(at(3), at(4));
    await readTo(4, watching, seen);
    trouble(gateway);
    gateway.tell(completed(5));
    expect(versions(await readTo(5, watching, seen))).toEqual([2, 3, 4, 5]);
    expect(gateway.subscriptions.slice(0, 2)).toEqual([null, 2]);
    expect(gateway.operations).toEqual([]);
  });

  test("nothing, when the final version was seen already", async () => {
    await using gateway = await blocked();
    using reelwire = client(gateway);
    gateway.tell(at(1), completed(2));
    expect(await all(reelwire.watchVideo(ID, { afterVersion: 2 }))).toEqual([]);
    expect(await all(reelwire.watchVideo(ID, { afterVersion: 7 }))).toEqual([]);
  });

  test("the activity, and that something may have been missed", async () => {
    await using gateway = await blocked();
    using reelwire = client(gateway);
    const { promise: reconnected, resolve } = Promise.withResolvers<void>();
    let reconnects = 0;
    const watching = reelwire.watchActivity({
      onReconnect() {
        reconnects++;
        resolve();
      },
    });
    const first = watching.next();
    await gateway.until(() => gateway.running === 1);
    gateway.tell(at(1));
    expect((await first).value).toEqual(at(1));
    expect(reconnects).toBe(0);
    gateway.cut();
    await reconnected;
    await gateway.until(() => gateway.running === 1);
    gateway.tell(completed(2));
    expect((await watching.next()).value).toEqual(completed(2));
  });

  let made = 0;
  /** Watches so many videos from each of these clients to their ends. Resolves with how many event streams that took. */
  async function streamsFor(gateway: ScriptedGateway, each: number, clients: ReelwireClient[]): Promise<number> {
    const ids = Array.from({ length: each }, () => `video_${++made}`);
    gateway.tell(...ids.map((id) => at(1, 0, { id })));
    const watching = clients.flatMap((reelwire) => ids.map((id) => reelwire.watchVideo(id)));
    await Promise.all(watching.map((videos) => videos.next()));
    const { running } = gateway;
    gateway.tell(...ids.map((id) => completed(2, { id })));
    const rest = await Promise.all(watching.map((videos) => readTo(2, videos)));
    expect(rest.every((videos) => videos.at(-1)?.status === "COMPLETED")).toBe(true);
    await gateway.until(() => gateway.running === 0);
    return running;
  }

  test("four are told by event streams, and more by polling, so that a browser has connections left", async () => {
    await using gateway = await blocked();
    using reelwire = client(gateway);
    expect(await streamsFor(gateway, 6, [reelwire])).toBe(4);
  });

  test("four of all tabs, since these share the connections", async () => {
    await using gateway = await blocked();
    using one = client(gateway);
    using other = client(gateway);
    expect(await streamsFor(gateway, 3, [one, other])).toBe(4);
    // Each place is given back.
    expect(await streamsFor(gateway, 4, [other])).toBe(4);
  });

  const LOCKLESS: [string, unknown][] = [
    ["has no locks", undefined],
    ["is refused them", { request: () => Promise.reject(new DOMException("In a sandbox.", "SecurityError")) }],
  ];
  test.each(LOCKLESS)("four of each tab, where a page %s to share them by", async (_, locks) => {
    const own = Object.getOwnPropertyDescriptor(Navigator.prototype, "locks");
    Object.defineProperty(Navigator.prototype, "locks", { get: () => locks, configurable: true });
    onTestFinished(() => void Object.defineProperty(Navigator.prototype, "locks", own ?? {}));
    await using gateway = await blocked();
    using one = client(gateway);
    using other = client(gateway);
    expect(await streamsFor(gateway, 6, [one, other])).toBe(8);
  });
});

const HINDRANCES: [string, "held" | Reply][] = [
  ["are held back until they are complete", "held"],
  ["are answered by something else", answer(403, "<html>Not here</html>", "text/html")],
  ["are not known", answer(404, { errors: [gatewayError("NOT_FOUND")] })],
  ["are answered with no stream", answer(200, { hello: "world" })],
  ["break at once", (response) => response.destroy()],
];

describe.each(HINDRANCES)("where event streams do not get through either, because they %s", (_, stream) => {
  test("the versions that there are when asked, in order, and always the final one", async () => {
    await using gateway = await blocked();
    gateway.stream = stream;
    using reelwire = client(gateway);
    gateway.tell(at(1), at(2));
    const watching = reelwire.watchVideo(ID);
    const seen = await readTo(2, watching);
    gateway.tell(at(3), at(4));
    await readTo(4, watching, seen);
    // As read by a replica that is behind.
    gateway.roots = { video: () => at(3) };
    const polls = gateway.operations.length;
    await gateway.until(() => gateway.operations.length > polls + 2);
    gateway.roots = {};
    gateway.tell(completed(5));
    for await (const video of watching) seen.push(video);
    expect(seen.at(-1)).toEqual(completed(5));
    expect(versions(seen)).toEqual(versions(seen).toSorted((a, b) => a - b));
    expect(new Set(versions(seen)).size).toBe(seen.length);
    // Once more when the gateway is known to be there, but for silence.
    expect([gateway.streams.length, gateway.running]).toEqual([stream === "held" ? 1 : 2, 0]);
  });

  test("every video that changes", async () => {
    await using gateway = await blocked();
    gateway.stream = stream;
    using reelwire = client(gateway);
    gateway.tell(at(1, 0, { id: "video_a" }), at(1, 0, { id: "video_b" }));
    const watching = reelwire.watchActivity();
    const next = watching.next();
    // How they were is known before they are listed again.
    await gateway.until(() => gateway.operations.length >= 2);
    gateway.tell(completed(2, { id: "video_a" }));
    expect((await next).value).toEqual(completed(2, { id: "video_a" }));
    gateway.tell(at(1, 0, { id: "video_c" }), at(2, 0, { id: "video_b" }));
    const told = [(await watching.next()).value, (await watching.next()).value];
    expect(told.map((video) => video?.id).toSorted()).toEqual(["video_b", "video_c"]);
    await watching.return?.();
  });
});

describe("the websocket again", () => {
  test.each([
    ["event streams", "passed" as const],
    ["polling", "held" as const],
  ])("after %s, as soon as it gets through; nothing is missed or repeated", async (_, stream) => {
    await using gateway = await blocked();
    gateway.stream = stream;
    using reelwire = client(gateway);
    gateway.tell(at(1));
    const watching = reelwire.watchVideo(ID);
    const seen = await readTo(1, watching);
    gateway.upgrade = "passed";
    const next = watching.next();
    await gateway.until(() => gateway.running === 1 && gateway.open === 1);
    gateway.tell(at(2), at(3));
    seen.push((await next).value ?? at(0));
    await readTo(3, watching, seen);
    const polls = gateway.operations.length;
    gateway.tell(completed(4));
    expect(versions(await readTo(4, watching, seen))).toEqual([1, 2, 3, 4]);
    expect(gateway.operations).toHaveLength(polls);
  });

  test("where it failed twice and then gets through: the gateway may have been away, and nothing else is tried", async () => {
    await using gateway = await blocked();
    using reelwire = client(gateway);
    gateway.tell(at(1));
    const watching = reelwire.watchVideo(ID);
    const first = watching.next();
    await gateway.until(() => gateway.upgrades === 2);
    gateway.upgrade = "passed";
    expect((await first).value).toEqual(at(1));
    gateway.tell(at(2), completed(3));
    expect(versions(await all(watching))).toEqual([2, 3]);
    expect([gateway.upgrades, gateway.streams, gateway.operations]).toEqual([3, [], []]);
  });

  test("where the gateway was away, which says nothing about websockets", async () => {
    const gateway = await ScriptedGateway.start();
    const { url } = gateway;
    using reelwire = client(gateway);
    gateway.tell(at(1));
    const watching = reelwire.watchVideo(ID);
    await watching.next();
    const next = watching.next();
    await gateway[Symbol.asyncDispose]();
    // It was tried often enough to have gone over to event streams, had there been a gateway.
    await Promise.all(Array.from({ length: 5 }, () => outcome(reelwire.models())));
    await using again = await ScriptedGateway.start(Number(new URL(url).port));
    again.tell(at(1), at(2));
    expect((await next).value).toEqual(at(2));
    await again.until(() => again.open === 1 && again.running === 1);
    again.tell(completed(3));
    expect(versions(await readTo(3, watching))).toEqual([3]);
  });
});

type Step = "version" | "progress" | "read" | "cut" | "complete" | "end" | "block" | "pass";
const steps = fc.array(
  fc.constantFrom<Step>("version", "version", "progress", "read", "cut", "complete", "end", "block", "pass"),
  { maxLength: 25 },
);

test("any of it at any time: every version, in order, none twice (invariant 7)", async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (steps) => {
      await using gateway = await blocked();
      using reelwire = client(gateway, { transports: ["websocket", "sse"], token: tokens().token });
      let version = 1;
      let checked = 0;
      gateway.tell(at(version));
      const watching = reelwire.watchVideo(ID);
      const seen = await readTo(1, watching);
      for (const step of steps) {
        if (step === "version") gateway.tell(at(++version, ++checked));
        if (step === "progress") gateway.tell(at(version, ++checked));
        if (step === "cut") gateway.cut();
        if (step === "complete") gateway.completeAll();
        if (step === "end") gateway.endStreams();
        if (step === "block") gateway.upgrade = "cut";
        if (step === "pass") gateway.upgrade = "passed";
        if (step === "read" && version > (seen.at(-1)?.version ?? 0)) await readTo(version, watching, seen);
      }
      gateway.tell(completed(++version));
      for await (const video of watching) seen.push(video);
      expect([...new Set(versions(seen))]).toEqual(Array.from({ length: version }, (_, index) => index + 1));
      for (const [index, video] of seen.entries()) {
        const before = seen[index - 1];
        if (before?.version === video.version) {
          expect(video.lastCheckedAt?.localeCompare(before.lastCheckedAt ?? "")).toBe(1);
        } else if (before !== undefined) {
          expect(video.version).toBe(before.version + 1);
        }
      }
    }),
    { numRuns: 40 },
  );
});

describe("what may be used", () => {
  test.each<[readonly Transport[], number]>([
    [["sse"], 1],
    [["sse", "polling"], 1],
    [["polling"], 0],
  ])("%j: no websocket is opened", async (transports, streams) => {
    await using gateway = await ScriptedGateway.start();
    using reelwire = client(gateway, { transports });
    gateway.tell(completed(1));
    expect(versions(await all(reelwire.watchVideo(ID)))).toEqual([1]);
    expect([gateway.upgrades, gateway.streams.length, gateway.operations.length]).toEqual([0, streams, 1 - streams]);
  });

  test("websockets alone: tried for as long as it takes", async () => {
    await using gateway = await blocked();
    using reelwire = client(gateway, { transports: ["websocket"] });
    gateway.tell(completed(1));
    const next = reelwire.watchVideo(ID).next();
    await gateway.until(() => gateway.upgrades === 6);
    gateway.upgrade = "passed";
    expect((await next).value).toEqual(completed(1));
    expect([gateway.streams, gateway.operations]).toEqual([[], []]);
  });
});

describe.each<[Transport]>([["sse"], ["polling"]])("by %s alone", (transport) => {
  const transports = [transport];

  test("NOT_FOUND is thrown, and not tried again", async () => {
    await using gateway = await ScriptedGateway.start();
    using reelwire = client(gateway, { transports });
    if (transport === "sse") gateway.refusals.push(gatewayError("NOT_FOUND"));
    expect(await outcome(reelwire.watchVideo(ID).next())).toMatchObject({ code: "NOT_FOUND", retryable: false });
    await gateway.until(() => gateway.running === 0);
    expect(gateway.streams.length + gateway.operations.length).toBe(1);
  });

  test("a token that is refused is exchanged once, and then ends the watching with UNAUTHENTICATED", async () => {
    await using gateway = await ScriptedGateway.start();
    const { token, given } = tokens();
    using reelwire = client(gateway, { transports, token });
    gateway.admits = (sent) => (sent === "t2" ? null : false);
    gateway.tell(completed(1));
    expect(versions(await all(reelwire.watchVideo(ID)))).toEqual([1]);
    gateway.admits = () => false;
    expect(await outcome(reelwire.watchVideo(ID).next())).toMatchObject({ code: "UNAUTHENTICATED", retryable: false });
    expect(given).toEqual(["t1", "t2", "t3"]);
    using other = client(gateway, { transports, token: "rwk_secret" });
    expect(await outcome(other.watchVideo(ID).next())).toMatchObject({ code: "UNAUTHENTICATED", retryable: false });
  });

  test("the watching ends with TOKEN_UNAVAILABLE where there is no token any more", async () => {
    await using gateway = await ScriptedGateway.start();
    using reelwire = client(gateway, { transports, token: () => null });
    const error = { code: "TOKEN_UNAVAILABLE", retryable: false };
    expect(await outcome(reelwire.watchVideo(ID).next())).toMatchObject(error);
    expect(await outcome(reelwire.watchActivity().next())).toMatchObject(error);
    expect([gateway.streams, gateway.operations]).toEqual([[], []]);
  });

  test("who asks too much, or a gateway that is not ready, is asked again", async () => {
    await using gateway = await ScriptedGateway.start();
    using reelwire = client(gateway, { transports });
    gateway.tell(completed(1));
    const busy = answer(503, { errors: [gatewayError("UNAVAILABLE", "Later.", { retryAfterSeconds: 0.01 })] });
    const limited = answer(429, { errors: [gatewayError("RATE_LIMITED", "Slower.", { retryAfterSeconds: 0.01 })] });
    const replies = [busy, limited];
    gateway.replies.push(...replies);
    gateway.stream = (response) => {
      const reply = replies.shift();
      if (replies.length === 0) gateway.stream = "passed";
      reply?.(response);
    };
    expect(versions(await all(reelwire.watchVideo(ID)))).toEqual([1]);
  });

  test("close ends everything", async () => {
    await using gateway = await ScriptedGateway.start();
    const reelwire = client(gateway, { transports });
    gateway.tell(at(1));
    const watching: AsyncIterator<Video>[] = [reelwire.watchVideo(ID), reelwire.watchActivity()];
    await watching[0]?.next();
    const ended = watching.map((videos) => outcome(videos.next()));
    await gateway.until(() => gateway.running + gateway.operations.length >= 2);
    reelwire.close();
    const error = { code: "CLOSED" };
    expect(await Promise.all(ended)).toMatchObject([error, error]);
    await gateway.until(() => gateway.running === 0);
    // What was under way may have arrived; others ask in the time of many polls.
    const { length } = gateway.operations;
    using other = client(gateway);
    for (let times = 0; times < 20; times++) await other.video(ID);
    expect(gateway.operations.length - length).toBeLessThanOrEqual(20 + 2);
  });
});
