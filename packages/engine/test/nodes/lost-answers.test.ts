import { sql } from "kysely";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { BUILT_IN_VIEWER, type EngineOptions } from "../../src/index.ts";
import { networkTo } from "../database/database-network.ts";
import { postgresUrl } from "../database/postgres-url.ts";
import { engineDatabaseAt } from "../stored-video.ts";
import { finished, history, make, startTestEngine, until } from "../test-engine.ts";

/** Two nodes: one carries, over a network that fails; the other accepts and watches, over one that does not. */
async function setUp(options: Partial<EngineOptions> = {}, durationMs = 200) {
  const databaseUrl = await postgresUrl();
  const network = await networkTo(databaseUrl);
  const t = await startTestEngine({ databaseUrl, carries: false }, { durationMs });
  onTestFinished(() => t[Symbol.asyncDispose]());
  const carrier = await t.open({ databaseUrl: network.url, carries: true, ...options });
  return { t, network, carrier, databaseUrl };
}

/** A generation that stays queued for longer than any test takes, unless the emulator's time is moved. */
const LONG_MS = 600_000;

const patience = { timeout: 20_000, interval: 20 };

/** Resolves when the queue has no job left. */
async function untilNoJobs(databaseUrl: string): Promise<void> {
  const { kysely } = await engineDatabaseAt(databaseUrl);
  await vi.waitFor(async () => {
    const { rows } = await sql`SELECT id, state FROM pgboss.job WHERE name = 'carry-video'`.execute(kysely);
    expect(rows).toEqual([]);
  }, patience);
}

const wholeLife = ["ACCEPTED", "SUBMITTING", "QUEUED", "GENERATING", "COMPLETED"];

describe("a node that lives has no job that it does not know of", () => {
  test("when the answer to a claim is lost, the claim is given back and made again", async () => {
    const { t, network } = await setUp();
    const lost = network.loseAnswerTo("claim (id, fence)", "commit");
    const { id } = await make(t.engine);
    await lost;
    expect(await finished(t.engine, id)).toMatchObject({ status: "COMPLETED", attempt: 1 });
    expect(await t.engine.video(BUILT_IN_VIEWER, id)).toMatchObject({ fence: 2 });
    expect(t.emulator.accepted).toHaveLength(1);
  });

  test("when the database is away as a job ends, the job is not left behind", async () => {
    const ended = Promise.withResolvers<void>();
    const isDown = Promise.withResolvers<void>();
    const { t, network, carrier, databaseUrl } = await setUp({
      onStep(step) {
        if (step !== "archived") return undefined;
        ended.resolve();
        return isDown.promise;
      },
    });
    const { id } = await make(t.engine);
    await ended.promise;
    await network.goDown();
    isDown.resolve();
    expect(await finished(t.engine, id)).toMatchObject({ status: "COMPLETED" });
    await vi.waitFor(async () => expect(await carrier.health()).toMatchObject({ active: 0 }), patience);
    await network.comeUp();
    await untilNoJobs(databaseUrl);
    expect(t.emulator.accepted).toHaveLength(1);
  });

  test("when the database is away for longer than the lease, every video is carried on once it is back", async () => {
    // Without a sweep nobody reads the database meanwhile, and finds it away.
    const options = { lease: { leaseMs: 500, heartbeatMs: 50 }, timing: { sweepMs: 1_000_000 } };
    const { t, network, carrier, databaseUrl } = await setUp(options, LONG_MS);
    const videos = await Promise.all(Array.from({ length: 10 }, () => make(t.engine)));
    for (const { id } of videos) await until(t.engine, id, (video) => video.status === "QUEUED");
    await network.goDown();
    await vi.waitFor(async () => expect(await carrier.health()).toMatchObject({ database: "failed" }), patience);
    t.emulator.clock.advance(LONG_MS);
    await network.comeUp();
    for (const { id } of videos) expect(await finished(t.engine, id)).toMatchObject({ status: "COMPLETED" });
    expect(t.emulator.accepted).toHaveLength(10);
    await untilNoJobs(databaseUrl);
  });

  test("closing gives back what a lost answer left behind", async () => {
    const { t, network, carrier } = await setUp();
    const lost = network.loseAnswerTo("claim (id, fence)", "commit");
    const { id } = await make(t.engine);
    await lost;
    await carrier.close();
    const other = await t.open({ carries: true });
    expect(await finished(t.engine, id)).toMatchObject({ status: "COMPLETED", attempt: 1 });
    await other.close();
  });
});

describe("invariants 1 and 2: an answer that was lost makes nothing happen twice", () => {
  test("each version is saved once, whichever confirmation is lost", async () => {
    const { t, network } = await setUp();
    const losing = (async () => {
      for (let saves = 1; saves < wholeLife.length; saves += 1) await network.loseAnswerTo('with "updated"');
    })();
    const { id } = await make(t.engine);
    expect(await history(t.engine, id)).toEqual(wholeLife);
    await losing;
    expect(t.emulator.accepted).toHaveLength(1);
    expect(await t.engine.video(BUILT_IN_VIEWER, id)).toMatchObject({ version: wholeLife.length, attempt: 1 });
  });

  test.each([{ idempotencyKey: "k" }, {}])("a video is made once, asked for with %j", async (input) => {
    const { t, network, carrier } = await setUp();
    const lost = network.loseAnswerTo('insert into "videos"', "commit");
    const { id } = await make(carrier, input);
    await lost;
    expect(await finished(t.engine, id)).toMatchObject({ status: "COMPLETED" });
    expect(await t.engine.videos(BUILT_IN_VIEWER, {}, { limit: 10 })).toHaveLength(1);
    expect(t.emulator.accepted).toHaveLength(1);
  });

  test("a video is canceled once", async () => {
    const { t, network, carrier } = await setUp({}, LONG_MS);
    const { id } = await make(t.engine);
    await until(t.engine, id, (video) => video.status === "QUEUED");
    const lost = network.loseAnswerTo('with "updated"');
    const canceled = await carrier.cancelVideo(BUILT_IN_VIEWER, id);
    await lost;
    expect(canceled).toMatchObject({ video: { status: "CANCELED", version: 4 }, upstreamMayStillCharge: true });
  });
});
