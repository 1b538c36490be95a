import type { BudgetKind, BudgetPeriod } from "@reelwire/core";

/** The most that may be spent in a period, and how much of it is. */
export interface Budget {
  /** `budget_` and 26 characters. */
  id: string;
  kind: BudgetKind;
  /** The key's id, or the subject; `null`: the whole project, or each key or subject by itself. */
  target: string | null;
  period: BudgetPeriod;
  limitUsd: number;
  /** Spent, or held for videos under way; `null` where it is of each by itself. */
  usedUsd: number | null;
  /** When the next period begins. */
  renewsAt: Date;
}

/** What is given for a budget; one of the same kind, target and period is replaced. */
export interface NewBudget {
  kind: BudgetKind;
  target: string | null;
  period: BudgetPeriod;
  /** 0 or more, at most 1,000,000. */
  limitUsd: number;
}

/** By what usage can be told apart. */
export const USAGE_GROUPS = ["DAY", "MODEL", "KEY", "SUBJECT"] as const;
export type UsageGroup = (typeof USAGE_GROUPS)[number];

/** Which usage to add up. */
export interface UsageQuery {
  /** Videos accepted at this time or later. */
  from: Date;
  /** And before this time. At most 366 days after `from`. */
  to: Date;
  groupBy: readonly UsageGroup[];
}

/** What a group of videos came to. What it was not grouped by is `null`, and so is a key or subject where there was none. */
export interface Usage {
  /** Midnight in UTC. */
  day: Date | null;
  model: string | null;
  keyId: string | null;
  subject: string | null;
  /** Accepted, whatever became of them. */
  videos: number;
  completed: number;
  /** Length of the completed ones. */
  seconds: number;
  /** What they have cost, as far as is known. */
  spentUsd: number;
  /** What is held for those of which it is not known yet. */
  heldUsd: number;
}
