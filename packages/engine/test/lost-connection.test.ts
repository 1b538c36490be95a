import { ApiError, isFinal } from "@reelwire/core";
import { type PostgresServer, startPostgres } from "@reelwire/postgres-for-tests";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { BUILT_IN_VIEWER, DatabaseError, type Engine } from "../src/index.ts";
import { make, startTestEngine, type TestEngine } from "./test-engine.ts";

let server: PostgresServer;
beforeAll(async () => {
  // What was committed is there after a crash, as in production.
  server = await startPostgres({ settings: { synchronous_commit: "on" } });
});
afterAll(() => server[Symbol.asyncDispose]());

/** What a caller is told while the database is away. */
function isOutage(error: unknown): boolean {
  return (
    (error instanceof ApiError && error.code === "UNAVAILABLE") ||
    (error instanceof DatabaseError && error.code === "DATABASE_UNREACHABLE")
  );
}

/** Asks as often as it takes. */
async function persist<Result>(ask: () => Promise<Result>): Promise<Result> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!isOutage(error)) throw error;
    }
  }
}

/** Every version that a subscriber is told, who resumes when the stream breaks, until the final one. */
async function versionsTold(engine: Engine, id: string): Promise<number[]> {
  const told: number[] = [];
  let ended = false;
  while (!ended) {
    await persist(async () => {
      for await (const video of await engine.watchVideo(BUILT_IN_VIEWER, id, told.at(-1) ?? 0)) {
        // A poll that changed nothing comes as the same version.
        if (video.version !== told.at(-1)) told.push(video.version);
        ended = isFinal(video.status);
      }
    });
  }
  return told;
}

/** Follows all activity, reading the list again whenever notices may have been lost, until `count` videos are final. */
async function followed(engine: Engine, count: number): Promise<string[]> {
  const final = new Set<string>();
  while (final.size < count) {
    await persist(async () => {
      const activity = engine.watchActivity(BUILT_IN_VIEWER);
      for (const video of await engine.videos(BUILT_IN_VIEWER, {}, { limit: 100 })) {
        if (isFinal(video.status)) final.add(video.id);
      }
      while (final.size < count) {
        const { value, done } = await activity.next();
        if (done === true) return;
        if (isFinal(value.status)) final.add(value.id);
      }
      await activity.return?.();
    });
  }
  return [...final].sort();
}

const VIDEOS = 8;

/** Two nodes, each with subscribers; `disturb` is called until all videos are final, after as many requests as it returns. */
async function survive(t: TestEngine, disturb: (times: number) => Promise<number | null>): Promise<void> {
  const engines = [t.engine, await t.open()];
  const over = new AbortController();
  const disturbing = (async () => {
    for (let times = 0; !over.signal.aborted; times += 1) {
      const pause = await disturb(times);
      if (pause === null) return;
      const next = t.emulator.requests.length + pause;
      await t.emulator
        .until(() => t.emulator.requests.length >= next, { signal: over.signal })
        .catch((error: unknown) => expect(over.signal.reason).toBe(error));
    }
  })();

  const following = engines.map((engine) => followed(engine, VIDEOS));
  const telling: Promise<number[]>[] = [];
  const asked = Array.from({ length: VIDEOS }, async (_, index) => {
    const [here = t.engine, there = t.engine] = index % 2 === 0 ? engines : engines.toReversed();
    const ask = (engine: Engine) => persist(() => make(engine, { idempotencyKey: `key ${index}` }));
    const [first, second] = await Promise.all([ask(here), ask(there)]);
    expect(second.id).toBe(first.id);
    for (const engine of engines) telling.push(versionsTold(engine, first.id));
    return first.id;
  });
  const ids = (await Promise.all(asked)).sort();
  expect(new Set(ids).size).toBe(VIDEOS);
  for (const told of await Promise.all(telling)) expect(told).toEqual(told.map((_, index) => index + 1));
  for (const final of await Promise.all(following)) expect(final).toEqual(ids);
  over.abort();
  await disturbing;

  for (const { status } of await persist(() => t.engine.videos(BUILT_IN_VIEWER, {}, { limit: 100 }))) {
    expect(status).toBe("COMPLETED");
  }
  expect(t.emulator.accepted).toHaveLength(VIDEOS);
  await t.emulator.until(() => t.emulator.charges.length >= VIDEOS);
  expect(t.emulator.charges).toHaveLength(VIDEOS);
}

async function onOwnDatabase(): Promise<TestEngine> {
  const databaseUrl = await server.createDatabase();
  const t = await startTestEngine({ databaseUrl }, { durationMs: { min: 500, max: 1_000 } });
  onTestFinished(() => t[Symbol.asyncDispose]());
  return t;
}

describe("invariant 7: a connection to the database that is lost costs nobody anything: every version is told once, every video made once", () => {
  /** After how many requests to the upstream the connections are cut again. */
  const pauses = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 15, maxLength: 15 });

  test.each(fc.sample(pauses, { seed: 1, numRuns: 2 }))(
    "cut again and again, after %i requests, %i, …",
    async (...moments) => {
      await survive(await onOwnDatabase(), async (times) => {
        await server.cutConnections();
        return moments[times] ?? null;
      });
    },
  );

  test("the server crashes, comes back, and crashes again as it is needed again", async () => {
    await survive(await onOwnDatabase(), async (times) => {
      await server.crash();
      await server.start();
      return [30, null][times] ?? null;
    });
  });
});

test("whoever asks while the database stays away is told so, and an engine that starts says it in one line", async () => {
  const t = await onOwnDatabase();
  const { id } = await make(t.engine);
  const stopped = server.stop();
  const opening = t.open();
  await expect(opening).rejects.toMatchObject({ code: "DATABASE_UNREACHABLE" });
  await stopped;
  await expect(t.open()).rejects.toThrow(/^PostgreSQL at 127\.0\.0\.1:\d+ cannot be reached \([^\n]+\)\. [^\n]+$/);
  expect(await t.engine.health()).toMatchObject({ database: "failed" });
  const reading = t.engine.video(BUILT_IN_VIEWER, id);
  await server.start();
  expect(await reading).toMatchObject({ id });
});
