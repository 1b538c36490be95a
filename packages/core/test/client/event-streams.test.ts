import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { at, completed, ID, quickClient, readTo, versions } from "./client-fixtures.ts";
import { ScriptedGateway } from "./scripted-gateway.ts";

/** A client that watches by event streams alone. */
const client = (gateway: ScriptedGateway, token: () => string | null) =>
  quickClient(gateway.url, { transports: ["sse"], token });

/** The nth token, a JWT that ends after so many milliseconds. */
function jwt(n: number, ms: number): string {
  const claims = { jti: `t${n}`, exp: (Date.now() + ms) / 1000 };
  return ["e30", Buffer.from(JSON.stringify(claims)).toString("base64url"), "c2ln"].join(".");
}

/** What the next value of an iterator ends with. */
const outcome = (next: Promise<unknown>) => next.catch((error: unknown) => error);

describe("before a token ends, there is a stream with the next one", () => {
  test("and only then the one before is left: nothing is missed, repeated or interrupted", async () => {
    await using gateway = await ScriptedGateway.start();
    let asked = 0;
    let reconnects = 0;
    const token = () => jwt(++asked, asked < 4 ? 600 : 3_600_000);
    using reelwire = client(gateway, token);
    gateway.tell(at(1));
    const watching = reelwire.watchVideo(ID);
    const seen = await readTo(1, watching);
    const activity = reelwire.watchActivity({ onReconnect: () => reconnects++ });
    const first = activity.next();
    await gateway.until(() => gateway.running === 2);
    let fewest = 2;
    for (const version of [2, 3, 4]) {
      await gateway.until(() => {
        fewest = Math.min(fewest, gateway.running);
        return new Set(gateway.streams).size === version && gateway.streams.length === 2 * version;
      });
      gateway.tell(at(version));
      await readTo(version, watching, seen);
    }
    await gateway.until(() => gateway.running === 2);
    gateway.tell(completed(5));
    expect(versions(await readTo(5, watching, seen))).toEqual([1, 2, 3, 4, 5]);
    expect((await first).value?.id).toBe(ID);
    const told = await readTo(5, activity);
    expect(versions(told)).toEqual(versions(told).toSorted((a, b) => a - b));
    expect([asked, fewest, reconnects]).toEqual([4, 2, 0]);
    await activity.return?.();
  });

  test("when the function has one again; the stream before goes on until then", async () => {
    await using gateway = await ScriptedGateway.start();
    let asked = 0;
    const token = () => {
      if (++asked === 2 || asked === 3) throw new Error("Not now.");
      return jwt(asked, asked === 1 ? 600 : 3_600_000);
    };
    using reelwire = client(gateway, token);
    gateway.tell(at(1));
    const watching = reelwire.watchVideo(ID);
    const seen = await readTo(1, watching);
    await gateway.until(() => gateway.streams.length === 2 && gateway.running === 1);
    gateway.tell(completed(2));
    expect(versions(await readTo(2, watching, seen))).toEqual([1, 2]);
    expect([asked, gateway.subscriptions]).toEqual([4, [null, 1]]);
  });

  test("unless there is none any more: then the watching ends at once", async () => {
    await using gateway = await ScriptedGateway.start();
    let asked = 0;
    using reelwire = client(gateway, () => (++asked === 1 ? jwt(1, 600) : null));
    gateway.tell(at(1));
    const watching = reelwire.watchVideo(ID);
    await watching.next();
    expect(await outcome(watching.next())).toMatchObject({ code: "TOKEN_UNAVAILABLE", retryable: false });
    await gateway.until(() => gateway.running === 0);
  });
});

describe("a token that the gateway ends", () => {
  test("is exchanged, and what is watched goes on", async () => {
    await using gateway = await ScriptedGateway.start();
    let asked = 0;
    using reelwire = client(gateway, () => `t${++asked}`);
    gateway.tell(at(1));
    const watching = reelwire.watchVideo(ID);
    const seen = await readTo(1, watching);
    for (const version of [2, 3]) {
      gateway.endStreams();
      gateway.tell(at(version));
      await readTo(version, watching, seen);
    }
    expect(versions(seen)).toEqual([1, 2, 3]);
    expect(gateway.streams).toEqual(["Bearer t1", "Bearer t2", "Bearer t3"]);
  });

  test("ends the watching where there is no other", async () => {
    await using gateway = await ScriptedGateway.start();
    using reelwire = quickClient(gateway.url, { transports: ["sse"], token: "rwk_secret" });
    gateway.tell(at(1));
    const watching = reelwire.watchVideo(ID);
    await watching.next();
    gateway.endStreams();
    expect(await outcome(watching.next())).toMatchObject({ code: "UNAUTHENTICATED", retryable: false });
    expect(gateway.streams).toHaveLength(1);
  });
});

test("to no other address, wherever the gateway redirects to", async () => {
  await using gateway = await ScriptedGateway.start();
  await using other = await ScriptedGateway.start();
  using reelwire = quickClient(gateway.url, { transports: ["sse"], token: "rwk_secret" });
  gateway.stream = (response) => response.writeHead(307, { location: `${other.url}/stream` }).end();
  const next = outcome(reelwire.watchVideo(ID).next());
  await gateway.until(() => gateway.streams.length === 3);
  expect(other.streams).toEqual([]);
  reelwire.close();
  expect(await next).toMatchObject({ code: "CLOSED" });
});

describe("a network that swallows everything", () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] }));
  afterEach(() => void vi.useRealTimers());

  test("is noticed by the silence, and nothing is missed", async () => {
    await using gateway = await ScriptedGateway.start();
    using reelwire = quickClient(gateway.url, { transports: ["sse"] });
    gateway.tell(at(1));
    const watching = reelwire.watchVideo(ID);
    const seen = await readTo(1, watching);
    gateway.vanish();
    gateway.tell(completed(2));
    const rest = readTo(2, watching, seen);
    await vi.advanceTimersByTimeAsync(30_000);
    await vi.advanceTimersByTimeAsync(10);
    expect(versions(await rest)).toEqual([1, 2]);
    expect(gateway.subscriptions).toEqual([null, 1]);
  });
});
