import { sql } from "kysely";
import type { EngineDatabase } from "../database/database.ts";
import type { BudgetSpendingTable, EngineSchema } from "../database/schema.ts";
import type { Logger } from "../logger.ts";
import { beginsAt, sumOfVideos } from "./budget-counters.ts";
import { periodAt } from "./budget-periods.ts";
import { changeBudgets } from "./budgets.ts";

/** How long counters of periods that have ended are kept, in milliseconds: late charges belong to them. */
const KEPT_MS = 40 * 24 * 3_600_000;
/** Adding up all videos of a month for many targets may take longer than a statement usually may. */
const STATEMENT_TIMEOUT_MS = 300_000;

/**
 * Holds the counters of the current periods against the sums over the videos. They should always agree; whatever does not, as after
 * changes by hand, is made anew when it is next needed. Counters that nobody will need are removed.
 */
export async function checkCounters(db: EngineDatabase<EngineSchema>, now: Date, log: Logger): Promise<void> {
  // Read in one statement, which sees both as of the same moment.
  const wrong = await db.transaction(async ({ kysely }) => {
    await sql`SET LOCAL statement_timeout = ${sql.lit(STATEMENT_TIMEOUT_MS)}`.execute(kysely);
    const { rows } = await sql<BudgetSpendingTable & { sum: number }>`
      SELECT * FROM (
        SELECT counter.*, ${sumOfVideos("counter", now)} AS sum FROM budget_spending AS counter
        WHERE counter.begins_at = ${beginsAt(sql`counter.period`, now)}
      ) AS checked
      WHERE used_micros <> sum
    `.execute(kysely);
    return rows;
  });
  if (wrong.length > 0) {
    await changeBudgets(db, async (kysely) => {
      for (const { project, kind, target, period, begins_at, used_micros, sum } of wrong) {
        log.error(
          { project, kind, target, period, used_micros, sum },
          "a budget was counted wrongly, and is counted anew",
        );
        const counter = { project, kind, target, period, begins_at };
        await kysely
          .deleteFrom("budget_spending")
          .where((eb) => eb.and(counter))
          .execute();
      }
    });
  }
  const { beginsAt: today } = periodAt("DAY", now);
  await db.kysely
    .deleteFrom("budget_spending")
    .where("begins_at", "<", new Date(today.getTime() - KEPT_MS))
    .execute();
}
