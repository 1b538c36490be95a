import { type RawBuilder, sql } from "kysely";
import type { BudgetSpendingTable } from "../database/schema.ts";
import { periodAt } from "./budget-periods.ts";

/*
 * What is used of a budget is kept in counters: for each target and period under a budget, what its videos, accepted in that period,
 * hold or have spent together. A counter is made from that sum by whoever first needs it, and from then on every change of a
 * video's amounts changes it in the same transaction. For that to be exact, whoever changes them
 *
 * - upserts the counters, so that of two who both find none the second waits for the first, and adds to what that one made;
 * - has a lock on the table from before they see which budgets there are until they commit (PostgreSQL locks the tables of a
 *   statement before it takes the statement's snapshot), and budgets change only while nobody has one: see `changeBudgets`;
 * - locks the video's row first, then counters in the order of `counters`, so that nobody waits in a circle.
 */

/** How far a video's id may be ahead of its acceptance, or the clock have gone back meanwhile, in milliseconds. */
const ID_MARGIN_MS = 3_600_000;

/** The least id, as a UUID, that a video accepted at a time may have: ids begin with their time, and are in an index. */
export function leastUuid(acceptedAt: Date): string {
  const time = Math.max(0, acceptedAt.getTime() - ID_MARGIN_MS)
    .toString(16)
    .padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-0000-0000-000000000000`;
}

/** A value for each period, chosen by a column. */
function ofPeriod(column: RawBuilder<unknown>, type: "timestamptz" | "uuid", values: { day: unknown; month: unknown }) {
  const as = sql.raw(type);
  return sql`CASE ${column} WHEN 'DAY' THEN ${values.day}::${as} ELSE ${values.month}::${as} END`;
}

/** When the period named by a column begins, for what was accepted at a time. */
export function beginsAt(period: RawBuilder<unknown>, acceptedAt: Date): RawBuilder<unknown> {
  return ofPeriod(period, "timestamptz", {
    day: periodAt("DAY", acceptedAt).beginsAt,
    month: periodAt("MONTH", acceptedAt).beginsAt,
  });
}

/**
 * The counters that a video falls under, as a query: one for each target and period that there is a budget for, with the least of its
 * limits. A video without a key, or without a subject, falls under no budget of keys, or subjects.
 *
 * @param video the name of a relation of at most one row, with the columns `project`, `subject` and `key_id`
 */
export function counters(video: string, acceptedAt: Date): RawBuilder<unknown> {
  return sql`
    SELECT budget.project, budget.kind, target.name AS target, budget.period,
      ${beginsAt(sql`budget.period`, acceptedAt)} AS begins_at, min(budget.limit_micros) AS limit_micros
    FROM ${sql.table(video)} AS video
    JOIN budgets AS budget ON budget.project = video.project
    CROSS JOIN LATERAL (
      SELECT CASE budget.kind WHEN 'PROJECT' THEN '' WHEN 'KEY' THEN video.key_id ELSE nullif(video.subject, '') END AS name
    ) AS target
    WHERE target.name IS NOT NULL AND coalesce(budget.target, target.name) = target.name
    GROUP BY budget.project, budget.kind, target.name, budget.period
    ORDER BY budget.kind, target.name, budget.period`;
}

/**
 * What the videos of a target, accepted in a period, hold or have spent together, as a scalar.
 *
 * @param counter a relation with the columns of a counter
 * @param acceptedAt a time in those periods
 */
export function sumOfVideos(counter: string, acceptedAt: Date): RawBuilder<number> {
  const [day, month] = [periodAt("DAY", acceptedAt), periodAt("MONTH", acceptedAt)];
  const column = (name: string) => sql.ref(`${counter}.${name}`);
  const period = column("period");
  const first = ofPeriod(period, "uuid", { day: leastUuid(day.beginsAt), month: leastUuid(month.beginsAt) });
  const ends = ofPeriod(period, "timestamptz", { day: day.endsAt, month: month.endsAt });
  const sum = (ofTarget: RawBuilder<unknown>) => sql`(
    SELECT coalesce(sum(held_micros + spent_micros), 0)::bigint FROM videos
    WHERE project = ${column("project")} AND id >= ${first}
      AND created_at >= ${column("begins_at")} AND created_at < ${ends} AND ${ofTarget})`;
  // One query for each kind, since each has its own index.
  return sql`CASE ${column("kind")}
    WHEN 'PROJECT' THEN ${sum(sql`true`)}
    WHEN 'KEY' THEN ${sum(sql`key_id = ${column("target")}`)}
    ELSE ${sum(sql`subject = ${column("target")}`)} END`;
}

/** A counter after a change, without when its period begins. */
export type CountedBudget = Pick<BudgetSpendingTable, "kind" | "target" | "period" | "used_micros">;

/** A change of a video's amounts. */
export interface CountedChange {
  /** By how much what it holds and has spent has changed, as an SQL value. */
  delta: RawBuilder<unknown>;
  /** How much of that the statement does not see among the videos yet, as an SQL value. */
  unseen: RawBuilder<unknown>;
  acceptedAt: Date;
}

/**
 * Adds a change of a video's amounts to its counters, as a statement, or part of one.
 *
 * @param video the name of a relation of at most one row, with the columns `project`, `subject` and `key_id`
 */
export function count(video: string, { delta, unseen, acceptedAt }: CountedChange): RawBuilder<CountedBudget> {
  return sql<CountedBudget>`
    INSERT INTO budget_spending AS counter (project, kind, target, period, begins_at, used_micros)
    SELECT due.project, due.kind, due.target, due.period, due.begins_at,
      -- Where it is there already this value is not used.
      CASE WHEN EXISTS (
        SELECT FROM budget_spending AS known
        WHERE known.project = due.project AND known.kind = due.kind AND known.target = due.target
          AND known.period = due.period AND known.begins_at = due.begins_at
      ) THEN 0 ELSE ${sumOfVideos("due", acceptedAt)} + ${unseen} END
    FROM (${counters(video, acceptedAt)}) AS due
    ON CONFLICT (project, kind, target, period, begins_at)
      DO UPDATE SET used_micros = counter.used_micros + ${delta}
    RETURNING kind, target, period, used_micros`;
}
