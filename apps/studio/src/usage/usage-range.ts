import { addDays, countDays, dayOf, isDay } from "../format/day.ts";

/** Days in UTC, both included, as `YYYY-MM-DD`. */
export interface UsageRange {
  readonly from: string;
  readonly to: string;
}

/** How many days back, today included. */
export const PRESET_DAYS = [7, 30, 90] as const;
export type PresetDays = (typeof PRESET_DAYS)[number];

/** The most that the API adds up at a time. */
export const MAX_DAYS = 366;

/** What is looked at: so many days until today, or days of the viewer's choice. */
export type UsageChoice = { readonly days: PresetDays } | UsageRange;

/** What an address says: `?days=7`, or `?from=…&to=…`. Otherwise it is 30 days. */
export function readUsageChoice(search: string): UsageChoice {
  const parameters = new URLSearchParams(search);
  const range = { from: parameters.get("from") ?? "", to: parameters.get("to") ?? "" };
  if (rangeProblem(range) === null) return range;
  return { days: PRESET_DAYS.find((days) => String(days) === parameters.get("days")) ?? 30 };
}

/** The address of the page with that choice. */
export function usageAddress(choice: UsageChoice): string {
  return "days" in choice ? `/usage?days=${choice.days}` : `/usage?from=${choice.from}&to=${choice.to}`;
}

/** The days that are meant by it at that moment. */
export function rangeOf(choice: UsageChoice, now: number): UsageRange {
  if (!("days" in choice)) return choice;
  const to = dayOf(now);
  return { from: addDays(to, 1 - choice.days), to };
}

/** Why days cannot be looked at, for people; `null` when they can. */
export function rangeProblem({ from, to }: UsageRange): string | null {
  if (!isDay(from) || !isDay(to)) return "Give both days.";
  if (from > to) return "The first day comes after the last.";
  if (countDays(from, to) > MAX_DAYS) return `At most ${MAX_DAYS} days at a time.`;
  return null;
}

/** The same, as the API is asked: from midnight until before midnight. */
export function toMoments({ from, to }: UsageRange): { from: string; to: string } {
  return { from: `${from}T00:00:00.000Z`, to: `${addDays(to, 1)}T00:00:00.000Z` };
}
