import { ApiError, type BudgetKind, type BudgetPeriod, newBudgetId, parseNewBudget } from "@reelwire/core";
import { type Kysely, type RawBuilder, sql } from "kysely";
import type { EngineDatabase } from "../database/database.ts";
import type { EngineSchema } from "../database/schema.ts";
import { beginsAt, sumOfVideos } from "./budget-counters.ts";
import { periodAt } from "./budget-periods.ts";
import { countBudgets } from "./hold.ts";
import { toMicros, toUsd } from "./micro-dollars.ts";
import type { Budget, NewBudget } from "./spending.ts";

interface BudgetRow {
  id: string;
  kind: BudgetKind;
  target: string | null;
  period: BudgetPeriod;
  limit_micros: number;
  used_micros: number | null;
}

/** The budgets of a project: its own first, then keys' and subjects', those of each before those of one. */
export async function listBudgets(db: Kysely<EngineSchema>, project: string): Promise<Budget[]> {
  return await readBudgets(db, sql`budget.project = ${project}`);
}

/**
 * Makes a budget, or replaces the one of the same kind, target and period. What was used before counts.
 *
 * @throws {ApiError} `BAD_INPUT`; `UNAVAILABLE` where the database is too busy
 */
export async function setBudget(db: EngineDatabase<EngineSchema>, project: string, input: NewBudget): Promise<Budget> {
  const { kind, target, period, limitUsd } = parseNewBudget(input);
  const now = new Date();
  const id = await changeBudgets(db, async (kysely) => {
    const { rows } = await sql<{ id: string }>`
      INSERT INTO budgets (id, project, kind, target, period, limit_micros, updated_at)
      VALUES (${newBudgetId()}, ${project}, ${kind}, ${target}, ${period}, ${toMicros(limitUsd)}, ${now})
      ON CONFLICT (project, kind, coalesce(target, ''), period)
        DO UPDATE SET limit_micros = excluded.limit_micros, updated_at = excluded.updated_at
      RETURNING id
    `.execute(kysely);
    return rows[0]?.id ?? "";
  });
  // So that the next video need not; and apart, so that none waits for it.
  const whose = { subject: kind === "SUBJECT" ? target : null, keyId: kind === "KEY" ? target : null };
  await countBudgets(db.kysely, { project, ...whose }, now);
  const [budget] = await readBudgets(db.kysely, sql`budget.id = ${id}`);
  // Somebody has ended it already.
  return budget ?? { id, kind, target, period, limitUsd, usedUsd: null, renewsAt: periodAt(period, now).endsAt };
}

/** Ends a budget. @throws {ApiError} `NOT_FOUND`; `UNAVAILABLE` where the database is too busy */
export async function removeBudget(db: EngineDatabase<EngineSchema>, project: string, id: string): Promise<Budget> {
  const [budget] = await readBudgets(db.kysely, sql`budget.id = ${id} AND budget.project = ${project}`);
  if (budget === undefined) throw new ApiError("NOT_FOUND");
  const { kind, target, period } = budget;
  await changeBudgets(db, async (kysely) => {
    const { numDeletedRows } = await kysely.deleteFrom("budgets").where("id", "=", id).executeTakeFirstOrThrow();
    if (numDeletedRows === 0n) throw new ApiError("NOT_FOUND");
    // Nobody might change them from now on. Where another budget needs one, it is made anew.
    await kysely
      .deleteFrom("budget_spending")
      .where((eb) => eb.and({ project, kind, period, ...(target === null ? {} : { target }) }))
      .execute();
  });
  return budget;
}

/** How long it is waited for those who count, in milliseconds: a bit longer than a transaction of a paused process may last. */
const LOCK_TIMEOUT_MS = 4_000;
/** SQLSTATE of a lock that was waited for too long. */
const LOCK_NOT_AVAILABLE = "55P03";

/**
 * Changes budgets, or counters that are not a video's to change, while no video is being accepted or settled: each of those goes by the
 * budgets there were before, and is counted, or by those there are after.
 */
export async function changeBudgets<Result>(
  db: EngineDatabase<EngineSchema>,
  change: (kysely: Kysely<EngineSchema>) => Promise<Result>,
): Promise<Result> {
  try {
    return await db.transaction(async ({ kysely }) => {
      await sql`SET LOCAL lock_timeout = ${sql.lit(LOCK_TIMEOUT_MS)}`.execute(kysely);
      // Waits for all who may write to it, which those who accept and settle say they may from the beginning.
      await sql`LOCK TABLE budget_spending IN SHARE ROW EXCLUSIVE MODE`.execute(kysely);
      return await change(kysely);
    });
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === LOCK_NOT_AVAILABLE)) throw error;
    throw new ApiError("UNAVAILABLE", "The database is too busy to change budgets. Try again in a moment.", [], {
      cause: error,
    });
  }
}

async function readBudgets(db: Kysely<EngineSchema>, which: RawBuilder<unknown>): Promise<Budget[]> {
  const now = new Date();
  const { rows } = await sql<BudgetRow>`
    SELECT due.id, due.kind, due.only AS target, due.period, due.limit_micros,
      CASE WHEN due.kind = 'PROJECT' OR due.only IS NOT NULL
        THEN coalesce(counter.used_micros, ${sumOfVideos("due", now)}) END AS used_micros
    FROM (
      SELECT budget.id, budget.project, budget.kind, budget.target AS only, coalesce(budget.target, '') AS target,
        budget.period, budget.limit_micros, ${beginsAt(sql`budget.period`, now)} AS begins_at
      FROM budgets AS budget WHERE ${which}
    ) AS due
    LEFT JOIN budget_spending AS counter USING (project, kind, target, period, begins_at)
    ORDER BY array_position(ARRAY['PROJECT', 'KEY', 'SUBJECT'], due.kind), due.only NULLS FIRST, due.period
  `.execute(db);
  return rows.map(({ id, kind, target, period, limit_micros, used_micros }) => ({
    ...{ id, kind, target, period },
    limitUsd: toUsd(limit_micros),
    usedUsd: used_micros === null ? null : toUsd(used_micros),
    renewsAt: periodAt(period, now).endsAt,
  }));
}
