import { clientRequestId, videoIdFromUuid } from "@reelwire/core";
import type { UpstreamClient } from "@reelwire/core/upstream";
import type { NotNull } from "kysely";
import type { EngineDatabase } from "../database/database.ts";
import type { EngineSchema } from "../database/schema.ts";
import { reasonOf } from "../log-reason.ts";
import type { Logger } from "../logger.ts";
import type { CarryTiming } from "../timing.ts";
import { pause } from "../wake.ts";
import { leastUuid } from "./budget-counters.ts";
import { checkCounters } from "./check-counters.ts";
import { endReading, takeReading } from "./ledger-reading.ts";
import { toMicros } from "./micro-dollars.ts";
import { noteGeneration, settleCharge } from "./settle.ts";

/** What reconciling needs. */
export interface ReconcileContext {
  db: EngineDatabase<EngineSchema>;
  upstream: Pick<UpstreamClient, "transactions" | "findSubmissions">;
  timing: Pick<CarryTiming, "reconcileEveryMs" | "reconcileRetryMs" | "chargeGraceMs">;
  log: Logger;
}

/** What a reading of the ledger changed. */
export interface Reconciled {
  /** Videos that cost something else than was known. */
  settled: number;
  /** Videos of which the ledger knew nothing for so long that they will cost nothing. */
  released: number;
}

/** Videos that are looked at together. */
const BATCH = 500;

/**
 * Reads the upstream's ledger about daily, on whichever node comes first, until `closing` aborts. What fails is tried again within an
 * hour.
 */
export async function reconcileCharges(context: ReconcileContext, closing: AbortSignal): Promise<void> {
  while (!closing.aborted) {
    try {
      await reconcileIfDue(context, new Date(), closing);
    } catch (error) {
      if (!closing.aborted) context.log.error(reasonOf(error), "charges could not be reconciled with the ledger");
    }
    await pause(context.timing.reconcileRetryMs, closing);
  }
}

/**
 * Where a reading of the ledger is due: gives every finished video what the ledger says it cost, and releases what is held for those
 * that it knows nothing of, long after their end.
 *
 * @returns `null` where none is due
 * @throws {UpstreamError} when the ledger could not be read whole; what it was read of is not used
 */
export async function reconcileIfDue(
  context: ReconcileContext,
  now: Date,
  signal: AbortSignal,
): Promise<Reconciled | null> {
  const { db, upstream, timing, log } = context;
  const readUntil = await takeReading(db.kysely, now, timing);
  if (readUntil === null) return null;
  const since = await lookBackTo(db, new Date(readUntil.getTime() - 2 * timing.chargeGraceMs));
  const isLogRead = await noteLostGenerations(context, signal);
  const charged = new Map<string, number>();
  for await (const { generationId, usd } of upstream.transactions({ since, signal })) {
    charged.set(generationId, (charged.get(generationId) ?? 0) + toMicros(usd));
  }

  const reconciled: Reconciled = { settled: 0, released: 0 };
  const releasedBefore = new Date(now.getTime() - timing.chargeGraceMs);
  for await (const video of finishedVideos(db, since)) {
    const found = video.generation_id === null ? undefined : charged.get(video.generation_id);
    const uncharged = video.finished_at < releasedBefore && (video.generation_id !== null || isLogRead);
    const spent = found === undefined ? video.spent_micros : Math.max(0, found);
    const isSettled = found === undefined ? video.held_micros === 0 || !uncharged : video.held_micros === 0;
    if (isSettled && spent === video.spent_micros) continue;
    await settleCharge(db.kysely, { uuid: video.id, createdAt: video.created_at }, spent);
    reconciled[found === undefined ? "released" : "settled"] += 1;
  }
  await endReading(db.kysely, now);
  await checkCounters(db, now, log);
  log.info({ since, ...reconciled }, "charges were reconciled with the ledger");
  return reconciled;
}

/**
 * From when on the ledger is read. Only of videos accepted since does it have all charges then: every one that still holds something is
 * among them, and, for as long again, those of which it had been given up.
 */
async function lookBackTo(db: EngineDatabase<EngineSchema>, atLeast: Date): Promise<Date> {
  const oldest = await db.kysely
    .selectFrom("videos")
    .select("created_at")
    .where("held_micros", ">", 0)
    .where("finished_at", "is not", null)
    .orderBy("id")
    .limit(1)
    .executeTakeFirst();
  return oldest === undefined || oldest.created_at > atLeast ? atLeast : oldest.created_at;
}

/**
 * Looks in the request log for the generations of videos that ended while it was not known whether they had one, and notes them, so
 * that their charges are found.
 *
 * @returns whether the log could be read: otherwise nobody knows that they had none
 */
async function noteLostGenerations({ db, upstream, log }: ReconcileContext, signal: AbortSignal): Promise<boolean> {
  const lost = await db.kysely
    .selectFrom("videos")
    .select(["id", "attempt", "submitted_at"])
    .where("held_micros", ">", 0)
    .where("finished_at", "is not", null)
    .where("generation_id", "is", null)
    .where("attempt", ">", 0)
    .execute();
  const ids = new Map(lost.map(({ id, attempt }) => [clientRequestId(videoIdFromUuid(id), attempt), id]));
  const submitted = lost.map(({ submitted_at }) => submitted_at?.getTime() ?? Date.now());
  if (ids.size === 0) return true;
  try {
    const since = new Date(Math.min(...submitted));
    for (const [requestId, submission] of await upstream.findSubmissions(new Set(ids.keys()), { since, signal })) {
      // A failed one may be of no generation, and is not charged in any case (assumption A5).
      if (submission.status === "failed") continue;
      await noteGeneration(db.kysely, videoIdFromUuid(ids.get(requestId) ?? ""), submission.generationId, null);
    }
    return true;
  } catch (error) {
    signal.throwIfAborted();
    log.warn(reasonOf(error), "lost submissions could not be looked up, and stay held");
    return false;
  }
}

/** Finished videos that were accepted since, in the order of their ids. */
async function* finishedVideos(db: EngineDatabase<EngineSchema>, since: Date) {
  let last = leastUuid(since);
  for (;;) {
    const videos = await db.kysely
      .selectFrom("videos")
      .select(["id", "created_at", "finished_at", "generation_id", "held_micros", "spent_micros"])
      .where("id", ">", last)
      .where("created_at", ">=", since)
      .where("finished_at", "is not", null)
      .orderBy("id")
      .limit(BATCH)
      .$narrowType<{ finished_at: NotNull }>()
      .execute();
    yield* videos;
    const end = videos.at(-1);
    if (end === undefined) return;
    last = end.id;
  }
}
