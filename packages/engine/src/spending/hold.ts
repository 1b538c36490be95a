import { ApiError, type BudgetKind, type BudgetPeriod } from "@reelwire/core";
import { type Kysely, type RawBuilder, sql } from "kysely";
import type { EngineSchema } from "../database/schema.ts";
import { type StoredVideo, videoUuid } from "../video-row.ts";
import type { Viewer } from "../viewer.ts";
import { type CountedBudget, count, counters } from "./budget-counters.ts";
import { periodAt } from "./budget-periods.ts";
import { inDollars } from "./dollars.ts";
import { toMicros, toUsd } from "./micro-dollars.ts";

/** A budget that a new video falls under; where several limit the same, the least of them. */
export interface ApplyingBudget {
  kind: BudgetKind;
  /** The key's id or the subject; empty for the project. */
  target: string;
  period: BudgetPeriod;
  limitMicros: number;
  /** What is used of it; `null`: it has not been counted yet in this period. */
  usedMicros: number | null;
}

type NewVideo = Pick<StoredVideo, "id" | "createdAt" | "estimatedUsd">;

/**
 * The budgets that a new video falls under. To be read within the transaction that accepts it: until that ends, they stay as they
 * are.
 */
export async function applyingBudgets(
  transaction: Kysely<EngineSchema>,
  viewer: Viewer,
  { createdAt }: NewVideo,
): Promise<ApplyingBudget[]> {
  const { rows } = await sql<ApplyingBudget>`
    WITH video AS (${columnsOf(viewer)}),
      -- Deletes nothing, and has the lock of one who might: see budget-counters.ts.
      locked AS (DELETE FROM budget_spending WHERE false)
    SELECT due.kind, due.target, due.period, due.limit_micros AS "limitMicros", counter.used_micros AS "usedMicros"
    FROM (${counters("video", createdAt)}) AS due
    LEFT JOIN budget_spending AS counter USING (project, kind, target, period, begins_at)
  `.execute(transaction);
  return rows;
}

/**
 * Makes the counters that a video of this viewer falls under, where there are none yet: once for each target and period. Not in the
 * transaction that accepts it, where others would wait for it, and which may be rolled back.
 */
export async function countBudgets(db: Kysely<EngineSchema>, viewer: Viewer, acceptedAt: Date): Promise<void> {
  const nothing = { delta: sql`0`, unseen: sql`0`, acceptedAt };
  await sql`WITH video AS (${columnsOf(viewer)}) ${count("video", nothing)}`.execute(db);
}

function columnsOf({ project, subject, keyId }: Viewer): RawBuilder<unknown> {
  return sql`SELECT ${project}::text AS project, ${subject ?? ""}::text AS subject, ${keyId}::text AS key_id`;
}

/**
 * Refuses a video for which a budget has too little left as it is, before anything is written for it. What nobody has counted
 * yet is left to `hold`, which knows what is used of it.
 *
 * @throws {ApiError} `PRICE_UNKNOWN` where there is a budget and no price; `BUDGET_EXCEEDED`
 */
export function assertAffordable(budgets: readonly ApplyingBudget[], viewer: Viewer, video: NewVideo): void {
  if (budgets.length > 0 && video.estimatedUsd === null) throw new ApiError("PRICE_UNKNOWN");
  const counted = budgets.flatMap((budget) => {
    const { usedMicros } = budget;
    return usedMicros === null ? [] : [{ ...budget, usedMicros }];
  });
  assertWithin(counted, toMicros(video.estimatedUsd ?? 0), viewer, video);
}

/**
 * Counts what a new video holds against every budget that it falls under. Within the transaction that accepts it, once its row is
 * there, and as the last thing in it: others wait for the counters it changes.
 *
 * @throws {ApiError} `PRICE_UNKNOWN`, `BUDGET_EXCEEDED`, and then the transaction must not be committed
 */
export async function hold(
  transaction: Kysely<EngineSchema>,
  budgets: readonly ApplyingBudget[],
  viewer: Viewer,
  video: NewVideo,
): Promise<void> {
  if (budgets.length === 0) return;
  if (video.estimatedUsd === null) throw new ApiError("PRICE_UNKNOWN");
  const priceMicros = toMicros(video.estimatedUsd);
  const change = { delta: sql`${priceMicros}::bigint`, unseen: sql`0`, acceptedAt: video.createdAt };
  const { rows } = await sql<CountedBudget>`
    WITH accepted AS (SELECT project, subject, key_id FROM videos WHERE id = ${videoUuid(video.id)})
    ${count("accepted", change)}
  `.execute(transaction);
  const counted = budgets.map((budget) => {
    const counter = rows.find(
      (row) => row.kind === budget.kind && row.target === budget.target && row.period === budget.period,
    );
    // They cannot have changed since they were read.
    if (counter === undefined) throw new Error("a budget was not counted");
    return { ...budget, usedMicros: counter.used_micros - priceMicros };
  });
  assertWithin(counted, priceMicros, viewer, video);
}

/** @param budgets with what others have used of them */
function assertWithin(
  budgets: readonly (ApplyingBudget & { usedMicros: number })[],
  priceMicros: number,
  viewer: Viewer,
  { createdAt }: NewVideo,
): void {
  const [tightest] = budgets
    .map((budget) => ({
      ...budget,
      leftMicros: Math.max(0, budget.limitMicros - budget.usedMicros),
      renewsAt: periodAt(budget.period, createdAt).endsAt,
    }))
    .filter(({ leftMicros }) => leftMicros < priceMicros)
    // Of those that have as little left, the one that keeps it up longest.
    .sort((a, b) => a.leftMicros - b.leftMicros || b.renewsAt.getTime() - a.renewsAt.getTime());
  if (tightest === undefined) return;
  const { kind, period, renewsAt } = tightest;
  // What others have spent is not a single subject's to know.
  const isToKnow = viewer.subject === null || kind === "SUBJECT";
  const limitUsd = isToKnow ? toUsd(tightest.limitMicros) : null;
  const leftUsd = isToKnow ? toUsd(tightest.leftMicros) : null;
  const left = leftUsd === null ? "less than that" : inDollars(leftUsd);
  const limit = limitUsd === null ? "" : ` of ${inDollars(limitUsd)}`;
  const which = `the ${WHOSE[kind]} budget${limit} for the ${period.toLowerCase()}`;
  const price = inDollars(toUsd(priceMicros));
  const message = `The video would cost ${price}, and ${left} is left of ${which}, which renews at ${renewsAt.toISOString()}. Nothing was made.`;
  throw new ApiError("BUDGET_EXCEEDED", message, [], {
    details: { budget: { kind, period, limitUsd, leftUsd, renewsAt } },
  });
}

const WHOSE = { PROJECT: "project's", KEY: "key's", SUBJECT: "subject's" } as const satisfies Record<
  BudgetKind,
  string
>;
