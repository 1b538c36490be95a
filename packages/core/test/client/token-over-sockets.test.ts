import { execFile } from "node:child_process";
import { inspect, promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { ReelwireError, type Video } from "../../src/client/index.ts";
import { at, completed, ID, quickClient, readTo, tokens, versions } from "./client-fixtures.ts";
import { gatewayError, ScriptedGateway } from "./scripted-gateway.ts";

/** What a function may throw that asks a gateway for tokens. */
const REVOKED = new ReelwireError({ code: "UNAUTHENTICATED", message: "Revoked.", retryable: false });

/** The time so many milliseconds from now. */
const inMs = (ms: number) => new Date(Date.now() + ms).toISOString();

/** What the next value of an iterator ends with. */
const outcome = (next: Promise<unknown>) => next.catch((error: unknown) => error);

describe("the token", () => {
  test("goes with connection_init", async () => {
    await using gateway = await ScriptedGateway.start();
    using client = quickClient(gateway.url, { token: "rwk_secret" });
    gateway.tell(completed(1));
    await readTo(1, client.watchVideo(ID));
    expect(gateway.connectionParams).toEqual([{ token: "rwk_secret" }]);
  });

  test("is not there without one", async () => {
    await using gateway = await ScriptedGateway.start();
    using client = quickClient(gateway.url);
    gateway.tell(completed(1));
    await readTo(1, client.watchVideo(ID));
    expect(gateway.connectionParams).toEqual([undefined]);
  });

  test("is asked for once, by watching and calling alike", async () => {
    await using gateway = await ScriptedGateway.start();
    const { token, given } = tokens();
    using client = quickClient(gateway.url, { token });
    gateway.tell(at(1));
    await Promise.all([client.watchVideo(ID).next(), client.watchVideo(ID).next(), client.video(ID)]);
    expect(given).toEqual(["t1"]);
    expect(gateway.connections).toBe(1);
  });

  test("is had before a websocket is opened, however often that fails", async () => {
    await using gateway = await ScriptedGateway.start();
    let asked = 0;
    const opened: number[] = [];
    const token = () => {
      opened.push(gateway.connections);
      if (++asked < 4) throw new Error("Not now.");
      return "t4";
    };
    using client = quickClient(gateway.url, { token });
    gateway.tell(completed(1));
    await readTo(1, client.watchVideo(ID));
    expect(opened).toEqual([0, 0, 0, 0]);
    expect(gateway.connectionParams).toEqual([{ token: "t4" }]);
  });
});

describe("renewal", () => {
  test("comes ahead of each end, on the same websocket: no subscription is dropped, no version missed or repeated", async () => {
    await using gateway = await ScriptedGateway.start();
    const { token, given } = tokens();
    using client = quickClient(gateway.url, { token });
    gateway.admits = (sent) => inMs(sent === "t4" ? 3_600_000 : 600);
    gateway.tell(at(1));
    const watching = client.watchVideo(ID);
    const other = client.watchVideo(ID, { afterVersion: 0 });
    const seen = await readTo(1, watching);
    await readTo(1, other);
    for (const version of [2, 3, 4]) {
      await gateway.until(() => gateway.renewals.length === version - 1);
      gateway.tell(at(version));
      await readTo(version, watching, seen);
    }
    gateway.tell(completed(5));
    expect(versions(await readTo(5, watching, seen))).toEqual([1, 2, 3, 4, 5]);
    expect(versions(await readTo(5, other))).toEqual([2, 3, 4, 5]);
    expect(gateway.connections).toBe(1);
    expect(gateway.subscriptions).toEqual([null, 0]);
    expect(gateway.renewals).toEqual(["t2", "t3", "t4"]);
    expect(given).toEqual(["t1", "t2", "t3", "t4"]);
    await gateway.until(() => gateway.open === 0);
    await client.video(ID);
    expect(gateway.authorizations).toEqual(["Bearer t4"]);
  });

  test.each([
    ["the function throws", 0],
    ["the gateway refuses what it gave", 2],
  ])("is tried again when %s", async (_, refusals) => {
    await using gateway = await ScriptedGateway.start();
    let asked = 0;
    const token = () => {
      asked++;
      if (refusals === 0 && (asked === 2 || asked === 3)) throw new Error("Not now.");
      return `t${asked}`;
    };
    // None is needed as long as the websocket is open, however often there is none.
    using client = quickClient(gateway.url, { token, retries: 0 });
    gateway.admits = (sent) => {
      if (refusals > 0 && (sent === "t2" || sent === "t3")) return false;
      return sent === "t1" ? inMs(600) : null;
    };
    gateway.tell(at(1));
    const watching = client.watchVideo(ID);
    const seen = await readTo(1, watching);
    await gateway.until(() => gateway.renewals.at(-1) === "t4");
    gateway.tell(completed(2));
    expect(versions(await readTo(2, watching, seen))).toEqual([1, 2]);
    expect([asked, gateway.renewals.length, gateway.connections]).toEqual([4, refusals + 1, 1]);
  });

  test("is not tried for a token that is given: there is no other", async () => {
    await using gateway = await ScriptedGateway.start();
    using client = quickClient(gateway.url, { token: "rwk_secret" });
    gateway.admits = () => inMs(50);
    gateway.tell(at(1));
    const watching = client.watchVideo(ID);
    await watching.next();
    gateway.closeSockets(4440);
    expect(await outcome(watching.next())).toMatchObject({ code: "UNAUTHENTICATED", retryable: false });
    expect(gateway.renewals).toEqual([]);
  });

  test("is left to the gateway where this clock says that a token in use has ended", async () => {
    await using gateway = await ScriptedGateway.start();
    const { token, given } = tokens();
    using client = quickClient(gateway.url, { token });
    gateway.admits = () => inMs(-3_600_000);
    gateway.tell(at(1));
    const watching = client.watchVideo(ID);
    const seen = await readTo(1, watching);
    gateway.closeSockets(4440);
    gateway.tell(completed(2));
    expect(versions(await readTo(2, watching, seen))).toEqual([1, 2]);
    expect([given, gateway.renewals]).toEqual([["t1", "t2"], []]);
  });

  test("under way does not keep the websocket open once nothing is watched, and a lost one is not sent again", async () => {
    await using gateway = await ScriptedGateway.start();
    using client = quickClient(gateway.url, { token: tokens().token });
    gateway.admits = (sent) => inMs(sent === "t1" ? 600 : 3_600_000);
    gateway.answersRenewals = false;
    gateway.tell(at(1));
    const watching = client.watchVideo(ID);
    await watching.next();
    await gateway.until(() => gateway.renewals.length === 1);
    gateway.cut();
    gateway.tell(at(2));
    await watching.next();
    expect(gateway.connectionParams).toEqual([{ token: "t1" }, { token: "t2" }]);
    expect(gateway.renewals).toEqual(["t2"]);

    using brief = quickClient(gateway.url, { token: tokens().token });
    const left = brief.watchVideo(ID);
    await left.next();
    await gateway.until(() => gateway.renewals.length === 2);
    await left.return?.();
    await gateway.until(() => gateway.open === 1);
  });
});

describe("a token that the gateway ends", () => {
  test.each([4440, 4441, 4401])("is exchanged after %i, and everything watched goes on", async (code) => {
    await using gateway = await ScriptedGateway.start();
    const { token, given } = tokens();
    using client = quickClient(gateway.url, { token });
    gateway.tell(at(1), at(2));
    const watching = client.watchVideo(ID);
    const other = client.watchVideo(ID, { afterVersion: 0 });
    const seen = await readTo(2, watching);
    const seenByOther = await readTo(2, other);
    for (const version of [3, 4]) {
      gateway.closeSockets(code);
      gateway.tell(at(version));
      await readTo(version, watching, seen);
      await readTo(version, other, seenByOther);
    }
    gateway.tell(completed(5));
    expect(versions(await readTo(5, watching, seen))).toEqual([2, 3, 4, 5]);
    expect(versions(await readTo(5, other, seenByOther))).toEqual([1, 2, 3, 4, 5]);
    expect(given).toEqual(["t1", "t2", "t3"]);
    expect(gateway.connectionParams).toEqual([{ token: "t1" }, { token: "t2" }, { token: "t3" }]);
  });

  test("is told by the activity, since something may have been missed", async () => {
    await using gateway = await ScriptedGateway.start();
    using client = quickClient(gateway.url, { token: tokens().token });
    const begun = Promise.withResolvers<void>();
    const reconnected = Promise.withResolvers<void>();
    const next = client.watchActivity({ onBegin: begun.resolve, onReconnect: reconnected.resolve }).next();
    await begun.promise;
    gateway.closeSockets(4440);
    await reconnected.promise;
    await gateway.until(() => gateway.running === 1);
    gateway.tell(at(1));
    expect((await next).value).toEqual(at(1));
  });

  test.each([4440, 4441, 4401])("ends all that is watched after %i, when the next one is refused too", async (code) => {
    await using gateway = await ScriptedGateway.start();
    const { token, given } = tokens();
    using client = quickClient(gateway.url, { token });
    gateway.tell(at(1));
    const watching = [client.watchVideo(ID), client.watchVideo(ID), client.watchActivity()];
    const nexts = watching.map((videos) => videos.next());
    await gateway.until(() => gateway.running === 3);
    await Promise.all(nexts.slice(0, 2));
    const last = [watching[0]?.next(), watching[1]?.next(), nexts[2]];
    gateway.admits = () => false;
    gateway.closeSockets(code);
    for (const error of await Promise.all(last.map((next) => outcome(Promise.resolve(next))))) {
      expect(error).toMatchObject({ name: "ReelwireError", code: "UNAUTHENTICATED", retryable: false });
      expect(inspect(error, { depth: Number.POSITIVE_INFINITY, showHidden: true })).not.toMatch(/\bt[12]\b/);
    }
    expect(given).toEqual(["t1", "t2"]);
    expect(gateway.connectionParams).toHaveLength(2);
    await gateway.until(() => gateway.open === 0);

    gateway.admits = () => null;
    expect((await client.watchVideo(ID).next()).value).toEqual(at(1));
    expect(given).toEqual(["t1", "t2", "t3"]);
  });

  test("is exchanged when the network fails in between", async () => {
    await using gateway = await ScriptedGateway.start();
    let asked = 0;
    const token = () => {
      if (++asked === 2) throw new Error("Not now.");
      return `t${asked}`;
    };
    using client = quickClient(gateway.url, { token });
    gateway.tell(at(1));
    const watching = client.watchVideo(ID);
    await watching.next();
    gateway.closeSockets(4441);
    gateway.tell(completed(2));
    expect((await watching.next()).value).toEqual(completed(2));
    expect(gateway.connectionParams).toEqual([{ token: "t1" }, { token: "t3" }]);
  });
});

/** What a function says that has no token any more. */
const LAST_WORDS: [string, () => null | Promise<never>, Error | undefined][] = [
  ["null", () => null, undefined],
  ["an error that may not be retried", () => Promise.reject(REVOKED), REVOKED],
];

/** What each of these ends with. */
const outcomes = (watching: AsyncIterator<Video>[]) =>
  Promise.all(watching.map((videos) => outcome(readTo(Number.POSITIVE_INFINITY, videos))));

describe.each(LAST_WORDS)("a function that answers with %s", (_, no, cause) => {
  const error = { name: "ReelwireError", code: "TOKEN_UNAVAILABLE", retryable: false, cause };

  test("has all watching end at once, before a websocket is opened; what is watched later asks anew", async () => {
    await using gateway = await ScriptedGateway.start();
    let asked = 0;
    using client = quickClient(gateway.url, { token: () => (++asked < 3 ? no() : `t${asked}`) });
    gateway.tell(completed(1));
    const all = [client.watchVideo(ID), client.watchVideo(ID), client.watchActivity()];
    expect(await outcomes(all)).toMatchObject([error, error, error]);
    expect(asked).toBe(1);
    expect(await outcomes([client.watchVideo(ID)])).toMatchObject([error]);
    expect([asked, gateway.connections]).toEqual([2, 0]);
    expect(versions(await readTo(1, client.watchVideo(ID)))).toEqual([1]);
    expect(gateway.connectionParams).toEqual([{ token: "t3" }]);
    await gateway.until(() => gateway.open === 0);
  });

  test.each([
    ["the gateway ended the one before", null],
    ["it is to be renewed, on an open websocket", 600],
  ])("has all watching end at once when %s", async (_when, ms) => {
    await using gateway = await ScriptedGateway.start();
    let asked = 0;
    using client = quickClient(gateway.url, { token: () => (++asked === 2 ? no() : `t${asked}`) });
    gateway.admits = (sent) => (sent === "t1" && ms !== null ? inMs(ms) : null);
    gateway.tell(at(1));
    const all = [client.watchVideo(ID), client.watchVideo(ID), client.watchActivity()];
    const ended = outcomes(all);
    if (ms === null) {
      await gateway.until(() => gateway.running === 3);
      gateway.closeSockets(4441);
    }
    expect(await ended).toMatchObject([error, error, error]);
    expect([asked, gateway.connections, gateway.renewals]).toEqual([2, 1, []]);
    await gateway.until(() => gateway.open === 0);
    gateway.tell(completed(2));
    expect(versions(await readTo(2, client.watchVideo(ID)))).toEqual([2]);
    expect(asked).toBe(3);
  });
});

describe("a function that fails again and again", () => {
  const cause = new Error("Not now.");

  test("is asked for as long as it takes, and what is watched goes on", async () => {
    await using gateway = await ScriptedGateway.start();
    let asked = 0;
    const token = () => {
      if (++asked % 9 !== 0) throw cause;
      return `t${asked}`;
    };
    using client = quickClient(gateway.url, { token, retries: 2 });
    gateway.tell(at(1));
    const watching = client.watchVideo(ID);
    const seen = await readTo(1, watching);
    for (const version of [2, 3]) {
      gateway.closeSockets(4440);
      gateway.tell(at(version));
      await readTo(version, watching, seen);
    }
    expect(versions(seen)).toEqual([1, 2, 3]);
    expect(gateway.connectionParams).toEqual([{ token: "t9" }, { token: "t18" }, { token: "t27" }]);
  });
});

test("who asks too much is told when to come back, and goes on watching then", async () => {
  await using gateway = await ScriptedGateway.start();
  using client = quickClient(gateway.url, { token: "rwk_secret" });
  gateway.refusals.push(gatewayError("RATE_LIMITED", "Slower.", { retryAfterSeconds: 0.01 }));
  gateway.tell(completed(1));
  expect(versions(await readTo(1, client.watchVideo(ID)))).toEqual([1]);
  expect(gateway.refusals).toEqual([]);
});

test("a program that no longer watches ends, whatever is asked for a token", async () => {
  const entry = new URL("../../dist/client/index.js", import.meta.url);
  const program = `
    import { createReelwireClient } from ${JSON.stringify(entry.href)};
    const never = new Promise(() => {});
    for (const answer of [() => Promise.reject(new Error("Not now.")), () => never]) {
      const { promise: asked, resolve } = Promise.withResolvers();
      const token = () => {
        setImmediate(resolve);
        return answer();
      };
      const client = createReelwireClient({ url: "http://127.0.0.1:9/graphql", retryDelayMs: 3_600_000, token });
      const watching = client.watchVideo("${ID}");
      const next = watching.next();
      await asked;
      await watching.return();
      console.log((await next).done);
    }
  `;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", program]);
  expect(stdout).toBe("true\ntrue\n");
});
