import { type Kysely, sql } from "kysely";
import type { EngineDatabase } from "../database/database.ts";
import type { BudgetSpendingTable, EngineSchema } from "../database/schema.ts";
import type { Logger } from "../logger.ts";
import { beginsAt, sumOfVideos } from "./budget-counters.ts";
import { periodAt } from "./budget-periods.ts";
import { changeBudgets } from "./budgets.ts";

type Counter = Omit<BudgetSpendingTable, "used_micros">;

/** How long counters of periods that have ended are kept, in milliseconds: late charges belong to them. */
const KEPT_MS = 40 * 24 * 3_600_000;

/**
 * Holds the counters of the current periods against the sums over the videos. They should always agree; whatever does not, as after
 * changes by hand, is made anew when it is next needed. Counters that nobody will need are removed.
 */
export async function checkCounters(db: EngineDatabase<EngineSchema>, now: Date, log: Logger): Promise<void> {
  const { rows } = await sql<Counter>`
    SELECT project, kind, target, period, begins_at FROM budget_spending AS counter
    WHERE begins_at = ${beginsAt(sql`period`, now)}
  `.execute(db.kysely);
  for (const counter of rows) {
    const wrong = await compare(db.kysely, counter, now);
    if (wrong === null) continue;
    log.error({ ...counter, ...wrong }, "a budget was counted wrongly, and is counted anew");
    await changeBudgets(db, (kysely) =>
      kysely
        .deleteFrom("budget_spending")
        .where((eb) => eb.and(counter))
        .execute(),
    );
  }
  const { beginsAt: today } = periodAt("DAY", now);
  await db.kysely
    .deleteFrom("budget_spending")
    .where("begins_at", "<", new Date(today.getTime() - KEPT_MS))
    .execute();
}

/** What a counter says, and what it should say; `null`: they agree. In one statement, which sees both as of the same moment. */
async function compare(
  db: Kysely<EngineSchema>,
  counter: Counter,
  now: Date,
): Promise<{ used_micros: number; sum: number } | null> {
  const { rows } = await sql<{ used_micros: number; sum: number }>`
    SELECT used_micros, ${sumOfVideos("counter", now)} AS sum FROM budget_spending AS counter
    WHERE project = ${counter.project} AND kind = ${counter.kind} AND target = ${counter.target}
      AND period = ${counter.period} AND begins_at = ${counter.begins_at}
  `.execute(db);
  const [found] = rows;
  return found === undefined || found.used_micros === found.sum ? null : found;
}
