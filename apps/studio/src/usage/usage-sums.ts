import type { Usage } from "@reelwire/react";
import { daysBetween } from "../format/day.ts";
import type { UsageRange } from "./usage-range.ts";

/** What some videos came to. Money is in US dollars. */
export interface UsageSum {
  readonly videos: number;
  readonly completed: number;
  /** Length of the completed ones together. */
  readonly seconds: number;
  readonly spentUsd: number;
  readonly heldUsd: number;
}

/** A sum, and of what: a day as `YYYY-MM-DD`, or a model. */
export interface NamedSum extends UsageSum {
  readonly name: string;
}

const NOTHING: UsageSum = { videos: 0, completed: 0, seconds: 0, spentUsd: 0, heldUsd: 0 };

/** All of it together. */
export function totalOf(sums: readonly UsageSum[]): UsageSum {
  return sums.reduce(plus, NOTHING);
}

/** One sum for each day of the range, those without videos too, the oldest first. */
export function sumByDay(rows: readonly Usage[], { from, to }: UsageRange): NamedSum[] {
  const sums = sumBy(rows, ({ day }) => day?.slice(0, 10) ?? null);
  return daysBetween(from, to).map((name) => ({ ...(sums.get(name) ?? NOTHING), name }));
}

/** One sum for each model, the dearest first. */
export function sumByModel(rows: readonly Usage[]): NamedSum[] {
  return Array.from(
    sumBy(rows, ({ model }) => model ?? null),
    ([name, sum]) => ({ ...sum, name }),
  ).sort((a, b) => b.spentUsd + b.heldUsd - (a.spentUsd + a.heldUsd) || a.name.localeCompare(b.name));
}

function sumBy(rows: readonly Usage[], nameOf: (row: Usage) => string | null): Map<string, UsageSum> {
  const sums = new Map<string, UsageSum>();
  for (const row of rows) {
    const name = nameOf(row);
    if (name !== null) sums.set(name, plus(sums.get(name) ?? NOTHING, row));
  }
  return sums;
}

function plus(a: UsageSum, b: UsageSum): UsageSum {
  return {
    videos: a.videos + b.videos,
    completed: a.completed + b.completed,
    seconds: a.seconds + b.seconds,
    spentUsd: exact(a.spentUsd + b.spentUsd),
    heldUsd: exact(a.heldUsd + b.heldUsd),
  };
}

/** The gateway counts in whole millionths; so do the sums of its sums. */
function exact(usd: number): number {
  return Math.round(usd * 1_000_000) / 1_000_000;
}
