import { randomUUID } from "node:crypto";
import { clientRequestId, type VideoError, type VideoEvent } from "@reelwire/core";
import { createUpstreamClient, type UpstreamClient } from "@reelwire/core/upstream";
import { type Emulator, type EmulatorOptions, startEmulator } from "@reelwire/emulator";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { BUILT_IN_VIEWER } from "../../src/index.ts";
import { silentLogger } from "../../src/logger.ts";
import { listBudgets, setBudget } from "../../src/spending/budgets.ts";
import { type ReconcileContext, reconcileIfDue } from "../../src/spending/reconcile-charges.ts";
import { defaultTiming } from "../../src/timing.ts";
import { type StoredVideo, videoUuid } from "../../src/video-row.ts";
import type { Viewer } from "../../src/viewer.ts";
import { DATABASE_KINDS } from "../database/temporary-database.ts";
import { apply, type SharedDatabase, sharedDatabase, submitStarted } from "../stored-video.ts";
import { finished, make, startTestEngine, until } from "../test-engine.ts";
import { accept, assertCounted } from "./counted.ts";

const never = new AbortController().signal;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Four and eight seconds at 720p, in the emulator's catalogue. */
const PRICE_USD = 0.26;
const DOUBLE_USD = 0.52;

const unbilled: VideoError = { code: "GENERATION_FAILED", message: "", retryable: false, billed: false };
const unknown: VideoError = { code: "GENERATION_TIMEOUT", message: "", retryable: true, billed: null };

describe.each(DATABASE_KINDS)("the ledger and what videos cost: %s", (kind) => {
  let shared: SharedDatabase;
  beforeAll(async () => {
    shared = await sharedDatabase(kind);
  });
  afterAll(() => shared.close());

  /** An upstream whose time stands still, a project of its own with a budget, and nothing of the tests before. */
  async function setUp(options: EmulatorOptions = {}) {
    const { db } = shared;
    for (const table of ["video_events", "videos", "budget_spending", "budgets", "ledger_readings"] as const) {
      await db.kysely.deleteFrom(table).execute();
    }
    const emulator = await startEmulator({
      clip: "cached",
      clock: "stepped",
      durationMs: 1_000,
      logDelayMs: 0,
      ...options,
    });
    onTestFinished(() => emulator.close());
    const upstream = createUpstreamClient({ apiKey: emulator.apiKey, baseUrl: emulator.url, retries: 0 });
    const viewer: Viewer = { project: randomUUID(), subject: null, keyId: null };
    await setBudget(db, viewer.project, { kind: "PROJECT", target: null, period: "MONTH", limitUsd: 1_000 });
    const context: ReconcileContext = { db, upstream, timing: defaultTiming, log: silentLogger };
    /** Reconciles as if so many days had passed. */
    const reconcile = (days: number) => reconcileIfDue(context, new Date(Date.now() + days * DAY_MS), never);
    return { db, emulator, upstream, viewer, context, reconcile };
  }

  /** A video whose generation the upstream has accepted, and what it was told of. */
  async function submitted(upstream: UpstreamClient, viewer: Viewer, estimatedUsd: number | null = PRICE_USD) {
    const video = await apply(shared.db.kysely, await accept(shared.db, viewer, estimatedUsd), submitStarted);
    const id = clientRequestId(video.id, video.attempt);
    return { video, generation: await upstream.submit(video.request, { clientRequestId: id }) };
  }

  async function play(video: StoredVideo, ...events: VideoEvent[]): Promise<StoredVideo> {
    let now = video;
    for (const event of events) now = await apply(shared.db.kysely, now, event);
    return now;
  }

  /** Lets a generation end, and be charged. */
  async function charge(emulator: Emulator, count: number): Promise<void> {
    emulator.clock.advance(1_000);
    await emulator.until(() => emulator.accepted.every(({ status }) => status === "completed"));
    emulator.clock.advance(1_000);
    await emulator.until(() => emulator.charges.length === count);
  }

  async function moneyOf({ id }: StoredVideo) {
    const row = await shared.db.kysely
      .selectFrom("videos")
      .select(["held_micros", "spent_micros", "generation_id", "version"])
      .where("id", "=", videoUuid(id))
      .executeTakeFirstOrThrow();
    return { ...row, held: row.held_micros / 1e6, spent: row.spent_micros / 1e6 };
  }

  const usedUsd = async ({ project }: Viewer) => (await listBudgets(shared.db.kysely, project))[0]?.usedUsd;
  const ended: VideoEvent = { type: "generation_abandoned", error: unknown };

  test("what ended before its charge is settled by it, and its budget with it, without a new version", async () => {
    const { emulator, upstream, viewer, reconcile } = await setUp();
    const { video, generation } = await submitted(upstream, viewer, DOUBLE_USD);
    const { version } = await play(video, { type: "submit_accepted", generation }, { type: "canceled" });
    await charge(emulator, 1);
    expect(await moneyOf(video)).toMatchObject({ held: DOUBLE_USD, spent: 0 });
    expect(await reconcile(1)).toEqual({ settled: 1, released: 0 });
    expect(await moneyOf(video)).toMatchObject({ held: 0, spent: PRICE_USD, version });
    expect(await usedUsd(viewer)).toBe(PRICE_USD);
    // The same again finds the same.
    expect(await reconcile(2)).toEqual({ settled: 0, released: 0 });
    expect(await moneyOf(video)).toMatchObject({ held: 0, spent: PRICE_USD });
    await assertCounted(shared.db.kysely);
  });

  test("so is what completed without a word of money, and what was thought not to be charged, or priced", async () => {
    const { emulator, upstream, viewer, reconcile } = await setUp();
    const [silent, failed, unpriced] = [
      await submitted(upstream, viewer),
      await submitted(upstream, viewer),
      await submitted(upstream, { ...viewer, project: randomUUID() }, null),
    ];
    const url = "http://127.0.0.1/file.mp4";
    const completed = { ...silent.generation, status: "completed" as const, url, usage: null };
    await play(silent.video, { type: "submit_accepted", generation: completed });
    await play(failed.video, { type: "submit_refused", error: unbilled });
    await play(unpriced.video, { type: "submit_accepted", generation: unpriced.generation }, ended);
    const { generation } = failed;
    await shared.db.kysely
      .updateTable("videos")
      .set({ generation_id: generation.id })
      .where("id", "=", videoUuid(failed.video.id))
      .execute();
    expect(await usedUsd(viewer)).toBe(PRICE_USD);
    await charge(emulator, 3);
    expect(await reconcile(1)).toEqual({ settled: 3, released: 0 });
    for (const { video } of [silent, failed, unpriced]) {
      expect(await moneyOf(video)).toMatchObject({ held: 0, spent: PRICE_USD });
    }
    expect(await usedUsd(viewer)).toBe(2 * PRICE_USD);
  });

  test("a generation of which only the request log knows is found, and then its charge", async () => {
    const { emulator, upstream, viewer, reconcile } = await setUp();
    const { video, generation } = await submitted(upstream, viewer);
    const { version } = await play(video, { type: "submit_outcome_lost" }, { type: "canceled" });
    await charge(emulator, 1);
    expect(await reconcile(1)).toEqual({ settled: 1, released: 0 });
    const settled = { generation_id: generation.id, version, held: 0, spent: PRICE_USD };
    expect(await moneyOf(video)).toMatchObject(settled);
  });

  test("what the ledger knows nothing of is released three days after its end, and charged if it comes after all", async () => {
    const { emulator, upstream, viewer, reconcile } = await setUp();
    const { video, generation } = await submitted(upstream, viewer);
    await play(video, { type: "submit_accepted", generation }, ended);
    const never = await play(await accept(shared.db, viewer, PRICE_USD), submitStarted, { type: "canceled" });
    for (const days of [1, 2.99]) expect(await reconcile(days)).toMatchObject({ released: 0 });
    expect(await usedUsd(viewer)).toBe(2 * PRICE_USD);
    expect(await reconcile(4)).toEqual({ settled: 0, released: 2 });
    for (const one of [video, never]) expect(await moneyOf(one)).toMatchObject({ held: 0, spent: 0 });
    await charge(emulator, 1);
    expect(await reconcile(5)).toEqual({ settled: 1, released: 0 });
    expect(await usedUsd(viewer)).toBe(PRICE_USD);
  });

  test("what is under way is left alone", async () => {
    const { emulator, upstream, viewer, reconcile } = await setUp();
    const { video, generation } = await submitted(upstream, viewer, DOUBLE_USD);
    await play(video, { type: "submit_accepted", generation });
    await charge(emulator, 1);
    expect(await reconcile(30)).toEqual({ settled: 0, released: 0 });
    expect(await moneyOf(video)).toMatchObject({ held: DOUBLE_USD, spent: 0 });
  });

  test("a ledger that breaks off settles and releases nothing; it is read again in an hour, from where it was", async () => {
    const { emulator, upstream, viewer, context, reconcile } = await setUp();
    for (let number = 0; number < 101; number += 1) {
      const { video, generation } = await submitted(upstream, viewer);
      await play(video, { type: "submit_accepted", generation }, { type: "canceled" });
    }
    await charge(emulator, 101);
    const held = await usedUsd(viewer);
    // The second page.
    const broken = emulator.faults.next({ on: "transactions", fault: "held" });
    const reading = reconcile(9);
    await broken.hit;
    emulator.faults.next({ on: "transactions", fault: "malformed-json" });
    broken.release();
    await expect(reading).rejects.toMatchObject({ code: "BAD_ANSWER" });
    expect(await usedUsd(viewer)).toBe(held);
    expect(
      await shared.db.kysely.selectFrom("videos").select("id").where("held_micros", ">", 0).execute(),
    ).toHaveLength(101);
    const readings = emulator.requestCounts.transactions;
    const minutesLater = (minutes: number) => new Date(Date.now() + 9 * DAY_MS + minutes * 60_000);
    expect(await reconcileIfDue(context, minutesLater(55), never)).toBeNull();
    expect(emulator.requestCounts.transactions).toBe(readings);
    expect(await reconcileIfDue(context, minutesLater(61), never)).toEqual({ settled: 101, released: 0 });
    await assertCounted(shared.db.kysely);
  });

  test("while the request log cannot be read, nobody says that a lost submission was not charged", async () => {
    const { emulator, viewer, reconcile } = await setUp();
    const lost = await play(
      await accept(shared.db, viewer, PRICE_USD),
      submitStarted,
      { type: "submit_outcome_lost" },
      { type: "settle_abandoned", error: unknown },
    );
    emulator.faults.next({ on: "logs", fault: "unavailable" });
    expect(await reconcile(5)).toEqual({ settled: 0, released: 0 });
    expect(await moneyOf(lost)).toMatchObject({ held: PRICE_USD });
    expect(await reconcile(6)).toEqual({ settled: 0, released: 1 });
  });

  test("is read a day after the first video, then daily, by whoever comes first", async () => {
    const { emulator, viewer, context, reconcile } = await setUp();
    expect(await reconcile(9)).toBeNull();
    await accept(shared.db, viewer, PRICE_USD);
    expect(await reconcile(0.99)).toBeNull();
    expect(emulator.requestCounts.transactions).toBe(0);
    const nodes = await Promise.all(
      Array.from({ length: 4 }, () => reconcileIfDue(context, new Date(Date.now() + 1.01 * DAY_MS), never)),
    );
    expect(nodes.filter((reconciled) => reconciled !== null)).toEqual([{ settled: 0, released: 0 }]);
    expect(emulator.requestCounts.transactions).toBe(1);
    expect(await reconcile(2)).toBeNull();
    expect(await reconcile(2.02)).not.toBeNull();
  });
});

describe.each(DATABASE_KINDS)("an engine on %s", (kind) => {
  test("finds by itself what was charged for a video that was canceled in the middle of its POST", async () => {
    const timing = { reconcileEveryMs: 0, reconcileRetryMs: 20 };
    await using t = await startTestEngine({ timing }, { chargeDelayMs: 300 }, kind);
    await t.engine.setBudget(BUILT_IN_VIEWER.project, {
      kind: "PROJECT",
      target: null,
      period: "DAY",
      limitUsd: PRICE_USD,
    });
    const held = t.emulator.faults.next({ on: "create", fault: "held" });
    const { id } = await make(t.engine);
    await held.hit;
    const { video } = await t.engine.cancelVideo(BUILT_IN_VIEWER, id);
    held.release();
    await expect(make(t.engine)).rejects.toMatchObject({ code: "BUDGET_EXCEEDED" });
    await t.emulator.until(() => t.emulator.charges.length === 1);
    // The second reading from now on begins when the first has been used.
    const readings = t.emulator.requestCounts.transactions;
    await t.emulator.until(() => t.emulator.requestCounts.transactions >= readings + 3);
    const [{ createdAt }, generationId] = [video, t.emulator.accepted[0]?.id];
    const usage = await t.engine.usage(BUILT_IN_VIEWER, {
      from: new Date(createdAt.getTime() - HOUR_MS),
      to: new Date(createdAt.getTime() + HOUR_MS),
      groupBy: [],
    });
    expect(usage).toMatchObject([{ videos: 1, spentUsd: PRICE_USD, heldUsd: 0 }]);
    expect(await t.engine.video(BUILT_IN_VIEWER, id)).toEqual({ ...video, generationId });
  });

  test("is not disturbed in it by a ledger that fails", async () => {
    const timing = { reconcileEveryMs: 0, reconcileRetryMs: 20 };
    const faults = { list: [{ on: "transactions", fault: "lost-answer", times: 2 }] } as const;
    await using t = await startTestEngine({ timing }, { faults }, kind);
    const { id } = await make(t.engine);
    await until(t.engine, id, (video) => video.status === "COMPLETED");
    const readings = t.emulator.requestCounts.transactions;
    await t.emulator.until(() => t.emulator.requestCounts.transactions >= readings + 4);
    expect(await finished(t.engine, id)).toMatchObject({ chargedUsd: PRICE_USD });
    expect((await t.engine.health()).database).toBe("ok");
  });
});
