/** What a budget may be of: a whole project, one of its API keys, or one subject (or each of them). */
export const BUDGET_KINDS = ["PROJECT", "KEY", "SUBJECT"] as const;
export type BudgetKind = (typeof BUDGET_KINDS)[number];

/** How often a budget renews: at midnight, or at the first midnight of the month, in UTC. */
export const BUDGET_PERIODS = ["DAY", "MONTH"] as const;
export type BudgetPeriod = (typeof BUDGET_PERIODS)[number];
