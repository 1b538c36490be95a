import { parseCreateVideoInput, type VideoRequest } from "@reelwire/core";
import type { Kysely } from "kysely";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { EngineSchema } from "../src/database/schema.ts";
import { createGenerationTimes } from "../src/generation-times.ts";
import { silentLogger } from "../src/logger.ts";
import { videoUuid } from "../src/video-row.ts";
import { DATABASE_KINDS } from "./database/temporary-database.ts";
import { engineDatabase, storeVideo } from "./stored-video.ts";

const NOON = Date.parse("2026-11-24T12:00:00Z");
const requestOf = (durationSeconds: 4 | 8): VideoRequest =>
  parseCreateVideoInput({ prompt: "a boat", durationSeconds }).request;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: NOON });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A video whose generation was seen to end at a time, having taken so long, give or take two seconds. */
async function completed(
  db: Kysely<EngineSchema>,
  request: VideoRequest,
  endedAt: number,
  tookMs: number,
): Promise<void> {
  const { id } = await storeVideo(db);
  const submittedAt = endedAt - tookMs - 2_000;
  await db
    .updateTable("videos")
    .set({
      request: JSON.stringify(request),
      status: "COMPLETED",
      source_url: "http://127.0.0.1/file.mp4",
      submitted_at: new Date(submittedAt),
      last_pending_at: new Date(submittedAt + tookMs - 2_000),
      finished_at: new Date(endedAt),
    })
    .where("id", "=", videoUuid(id))
    .execute();
}

async function many(db: Kysely<EngineSchema>, request: VideoRequest, until: number, tookMs: number): Promise<void> {
  for (let i = 0; i < 30; i += 1) await completed(db, request, until - 60_000 - i * 1_000, tookMs);
}

/** About the median, in seconds. */
const medianOf = (time: { remainingMs(elapsedMs: number): number }) => Math.round(time.remainingMs(0) / 1_000);

describe.each(DATABASE_KINDS)("how long generations take, learned from the database: %s", (kind) => {
  test("by kind of request; before anything has ended, what is typical", async () => {
    const { kysely: db } = await engineDatabase(kind);
    const times = createGenerationTimes(db, silentLogger, 20_000);
    expect(medianOf(await times.knownAt(requestOf(4), new Date(NOON)))).toBe(20);
    await many(db, requestOf(4), NOON, 40_000);
    await many(db, requestOf(8), NOON, 90_000);
    const later = new Date(NOON + 60_000);
    expect(medianOf(await times.knownAt(requestOf(4), later))).toBeGreaterThan(36);
    expect(medianOf(await times.knownAt(requestOf(4), later))).toBeLessThan(46);
    expect(medianOf(await times.knownAt(requestOf(8), later))).toBeGreaterThan(80);
    expect(medianOf(await times.knownAt(requestOf(8), later))).toBeLessThan(100);
  });

  test("a schedule is of what is known now; what was known at a time stays, on every node and after a restart", async () => {
    const { kysely: db } = await engineDatabase(kind);
    const here = createGenerationTimes(db, silentLogger, undefined);
    await many(db, requestOf(8), NOON, 40_000);
    const then = await here.knownAt(requestOf(8), new Date(NOON));
    const shares = [5_000, 20_000, 39_000, 60_000].map(then.passedShare);

    await many(db, requestOf(8), NOON + 300_000, 90_000);
    vi.setSystemTime(NOON + 300_000);
    const there = createGenerationTimes(db, silentLogger, undefined);
    for (const times of [here, there]) {
      const known = await times.knownAt(requestOf(8), new Date(NOON + 30_000));
      expect([5_000, 20_000, 39_000, 60_000].map(known.passedShare)).toEqual(shares);
      // Asked for the first time it is what was known before; what is read meanwhile counts from the next one on.
      times.schedule(requestOf(8));
      expect(medianOf(await times.knownAt(requestOf(8), new Date(NOON + 300_000)))).toBeGreaterThan(70);
      const nextPollMs = times.schedule(requestOf(8)).nextPollMs(30_000, 0.5);
      expect(30_000 + nextPollMs).toBeGreaterThan(70_000);
    }
  });

  test("a burst that has half ended is not taken for short: what still runs, and the order of submission, count", async () => {
    const { kysely: db } = await engineDatabase(kind);
    const submittedAt = NOON - 60_000;
    for (let i = 0; i < 60; i += 1) {
      const { id } = await storeVideo(db);
      // Evenly from 30 s to 90 s, so that half of them still run at noon.
      const tookMs = 30_000 + i * 1_000;
      const hasEnded = tookMs < 55_000;
      await db
        .updateTable("videos")
        .set({
          request: JSON.stringify(requestOf(8)),
          status: hasEnded ? "COMPLETED" : "GENERATING",
          submitted_at: new Date(submittedAt + i),
          ...(hasEnded
            ? {
                source_url: "http://127.0.0.1/file.mp4",
                last_pending_at: new Date(submittedAt + tookMs - 2_000),
                finished_at: new Date(submittedAt + tookMs + 2_000),
              }
            : {}),
        })
        .where("id", "=", videoUuid(id))
        .execute();
    }
    const times = createGenerationTimes(db, silentLogger, undefined);
    const median = medianOf(await times.knownAt(requestOf(8), new Date(NOON)));
    expect(median).toBeGreaterThan(52);
    expect(median).toBeLessThan(75);
  });

  test("what failed, was canceled or refused, or ended after no poll, teaches nothing", async () => {
    const { kysely: db } = await engineDatabase(kind);
    const endedAt = NOON - 120_000;
    await many(db, requestOf(8), endedAt, 40_000);
    await db.updateTable("videos").set({ last_pending_at: null }).execute();
    await many(db, requestOf(4), endedAt, 40_000);
    await db
      .updateTable("videos")
      .set({ status: "FAILED", source_url: null })
      .where("last_pending_at", "is not", null)
      .execute();
    const { id } = await storeVideo(db);
    const waiting = { status: "ACCEPTED", submitted_at: new Date(NOON - 3_000_000) };
    await db.updateTable("videos").set(waiting).where("id", "=", videoUuid(id)).execute();
    const times = createGenerationTimes(db, silentLogger, undefined);
    expect(medianOf(await times.knownAt(requestOf(8), new Date(NOON)))).toBe(60);
  });

  test("many who ask in the same minute share one reading, and a reading that fails is made again", async () => {
    const { kysely } = await engineDatabase(kind);
    let readings = 0;
    let failing = true;
    const db = kysely.withPlugin({
      transformQuery({ node }) {
        readings += 1;
        if (failing) throw new Error("away");
        return node;
      },
      transformResult: async ({ result }) => result,
    });
    const times = createGenerationTimes(db, silentLogger, undefined);
    await expect(times.knownAt(requestOf(8), new Date(NOON))).rejects.toThrow("away");
    failing = false;
    const asked = Array.from({ length: 50 }, (_, index) => times.knownAt(requestOf(8), new Date(NOON + index * 1_000)));
    for (const known of asked) expect(medianOf(await known)).toBe(60);
    expect(readings).toBe(2);
  });
});
