const dateTime = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short" });
const time = new Intl.DateTimeFormat("en-GB", {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  fractionalSecondDigits: 1,
});
const utcDay = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });
const utcDayAndYear = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeZone: "UTC" });
const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });

/** A moment in the viewer's time zone, as `22 Nov 2026, 10:00`. */
export function formatDateTime(moment: string): string {
  return dateTime.format(new Date(moment));
}

/** The time of day in the viewer's time zone, to a tenth of a second: `10:00:58.1`. */
export function formatTimeOfDay(moment: string): string {
  return time.format(new Date(moment));
}

/** A day in UTC, as `22 Nov`. */
export function formatUtcDay(moment: string): string {
  return utcDay.format(new Date(moment));
}

/** A day in UTC with its year, as `22 Nov 2026`. */
export function formatUtcDayAndYear(moment: string): string {
  return utcDayAndYear.format(new Date(moment));
}

const DAY_MS = 86_400_000;

const STEPS = [
  ["day", DAY_MS],
  ["hour", 3_600_000],
  ["minute", 60_000],
] as const;

/** How long ago, as `just now`, `2 minutes ago`, `yesterday`; after a week it is the date. */
export function formatAgo(moment: string, now: number): string {
  const ago = now - Date.parse(moment);
  if (ago >= 7 * DAY_MS) return formatDateTime(moment);
  for (const [unit, size] of STEPS) {
    if (ago >= size) return relative.format(-Math.floor(ago / size), unit);
  }
  return "just now";
}

/** Around how long until then, as `about 40 s left`; `any moment now` when it is over. */
export function formatLeft(moment: string, now: number): string {
  const left = Date.parse(moment) - now;
  if (left < 1_500) return "any moment now";
  if (left < 55_000) return `about ${Math.max(5, Math.round(left / 5_000) * 5)} s left`;
  return `about ${Math.max(1, Math.round(left / 60_000))} min left`;
}
