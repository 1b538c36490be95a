import type { Field } from "./fields.ts";

/** What `quoteVideo` tells. */
export const quoteFields = {
  usd: {
    label: "Price (USD)",
    description: "What the video would cost, in US dollars. Null when it is not known beforehand; `basis` says why.",
    sample: 0.4,
  },
  basis: {
    label: "Basis",
    description: "What the price is based on.",
    sample: { kind: "VARIANTS", price: 0.05, unit: "second", per: 1, units: 8, asOf: "2026-11-22T08:30:00.000Z" },
  },
  kind: { label: "Kind of Price", description: "How the upstream's catalogue prices the model.", sample: "VARIANTS" },
  price: {
    label: "Rate (USD)",
    description: "The rate that applies: so many US dollars for every `per` units. Null where there is none.",
    sample: 0.05,
  },
  unit: {
    label: "Unit",
    description:
      "What is counted, as the catalogue calls it: `second`, `video` and the like. Null where there is no rate.",
    sample: "second",
  },
  per: { label: "Per", description: "How many units the rate is for. Null where there is no rate.", sample: 1 },
  units: {
    label: "Units",
    description: "How many units the video would be. Null where there is no rate, or its unit is not known here.",
    sample: 8,
  },
  asOf: {
    label: "As Of",
    description: "When the catalogue last said so. Null where it did not.",
    sample: "2026-11-22T08:30:00.000Z",
  },
} as const satisfies Record<string, Field>;

/** What a budget tells of itself. `setBudget` takes the first four after the id. */
export const budgetFields = {
  id: { label: "Budget ID", description: "Identifies the budget.", sample: "budget_01kb3xrg9pf4bs2gq3yj3zc2tm" },
  kind: { label: "Budget Of", description: "What it is a budget of.", sample: "SUBJECT" },
  target: {
    label: "Target",
    description:
      "The id of the key, or the subject. Null: the whole project where it is the project's, otherwise each key, or each subject, by itself.",
    sample: "user-4711",
  },
  period: { label: "Period", description: "How often it renews.", sample: "MONTH" },
  limitUsd: {
    label: "Limit (USD)",
    description: "The most that may be spent in each period, in US dollars: 0 to 1,000,000.",
    sample: 25,
  },
  usedUsd: {
    label: "Used (USD)",
    description:
      "What the videos accepted in this period have cost, or hold until it is known, in US dollars. Null where it is of each key or subject by itself.",
    sample: 3.2,
  },
  renewsAt: {
    label: "Renews At",
    description: "When the next period begins: at midnight, or the first midnight of the month, in UTC.",
    sample: "2026-12-01T00:00:00.000Z",
  },
} as const satisfies Record<string, Field>;

/** What `usage` takes. */
export const usageQueryFields = {
  from: {
    label: "From",
    description: "Only videos accepted at this time or later.",
    sample: "2026-11-01T00:00:00.000Z",
  },
  to: {
    label: "To",
    description: "Only videos accepted before this time. At most 366 days after `from`.",
    sample: "2026-12-01T00:00:00.000Z",
  },
  groupBy: {
    label: "Group By",
    description: "What to tell apart. Default: nothing, which gives one sum.",
    sample: ["DAY", "MODEL"],
  },
} as const satisfies Record<string, Field>;

/** What a group of videos came to. */
export const usageFields = {
  day: {
    label: "Day",
    description: "The day on which they were accepted, by its midnight in UTC. Null unless grouped by `DAY`.",
    sample: "2026-11-22T00:00:00.000Z",
  },
  model: {
    label: "Model",
    description: "Which model made them. Null unless grouped by `MODEL`.",
    sample: "google/veo-3.1-lite-generate-001",
  },
  keyId: {
    label: "Key ID",
    description:
      "Id of the key they were made with, or with a token of which. Null unless grouped by `KEY`, and where there was none.",
    sample: null,
  },
  subject: {
    label: "Subject",
    description: "Whose they are. Null unless grouped by `SUBJECT`, and where a key made them itself.",
    sample: null,
  },
  videos: { label: "Videos", description: "How many were accepted, whatever became of them.", sample: 12 },
  completed: { label: "Completed", description: "How many of them are completed.", sample: 10 },
  seconds: { label: "Seconds", description: "Length of the completed ones together, in seconds.", sample: 80 },
  spentUsd: {
    label: "Spent (USD)",
    description: "What they have cost, as far as is known, in US dollars.",
    sample: 4,
  },
  heldUsd: {
    label: "Held (USD)",
    description: "What is held, at their prices, for those of which it is not known yet, in US dollars.",
    sample: 0.4,
  },
} as const satisfies Record<string, Field>;

/** What each value of an enum about spending means. */
export const spendingEnumValues = {
  PriceKind: {
    FIXED: { label: "Fixed", description: "The model has one price." },
    VARIANTS: { label: "Variants", description: "The model has prices for what is asked for: that variant's." },
    VARIABLE: { label: "Variable", description: "The upstream says what it costs only afterwards." },
    UNKNOWN: { label: "Unknown", description: "The catalogue could not be read, or does not have the price." },
  },
  BudgetKind: {
    PROJECT: { label: "Project", description: "Everything in the project together." },
    KEY: { label: "Key", description: "What is made with one API key, and with tokens it made." },
    SUBJECT: { label: "Subject", description: "What one subject makes." },
  },
  BudgetPeriod: {
    DAY: { label: "Day", description: "From midnight to midnight, in UTC." },
    MONTH: { label: "Month", description: "A month of the calendar, in UTC." },
  },
  UsageGroup: {
    DAY: { label: "Day", description: "The day on which they were accepted, in UTC." },
    MODEL: { label: "Model", description: "Which model made them." },
    KEY: { label: "Key", description: "Which key they were made with, or with a token of which." },
    SUBJECT: { label: "Subject", description: "Whose they are." },
  },
} as const satisfies Record<string, Record<string, { label: string; description: string }>>;
