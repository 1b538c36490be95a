import type { BudgetPeriod } from "@reelwire/core";

/** A day or a month. */
export interface Period {
  beginsAt: Date;
  /** Where the next one begins. */
  endsAt: Date;
}

/** The period that a time falls into, in UTC. */
export function periodAt(period: BudgetPeriod, at: Date): Period {
  const [year, month] = [at.getUTCFullYear(), at.getUTCMonth()];
  const midnight = (monthOfYear: number, day: number) => new Date(Date.UTC(year, monthOfYear, day));
  if (period === "MONTH") return { beginsAt: midnight(month, 1), endsAt: midnight(month + 1, 1) };
  return { beginsAt: midnight(month, at.getUTCDate()), endsAt: midnight(month, at.getUTCDate() + 1) };
}
