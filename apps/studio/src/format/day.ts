const DAY_MS = 86_400_000;

/** Whether it is a day of the calendar, as `2026-11-22`. */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const midnight = Date.parse(`${text}T00:00:00Z`);
  // The 30th of February is read as a day in March.
  return !Number.isNaN(midnight) && dayOf(midnight) === text;
}

/** The day in UTC on which a moment is. */
export function dayOf(moment: number): string {
  return new Date(moment).toISOString().slice(0, 10);
}

/** So many days later. */
export function addDays(day: string, days: number): string {
  return dayOf(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS);
}

/** How many days there are from one to the other, counting both. */
export function countDays(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / DAY_MS) + 1;
}

/** Every day from one to the other, both included. */
export function daysBetween(from: string, to: string): string[] {
  return Array.from({ length: Math.max(0, countDays(from, to)) }, (_, index) => addDays(from, index));
}

/** The day on which a moment is for the viewer. */
export function localDayOf(moment: number): string {
  return dayOf(moment - new Date(moment).getTimezoneOffset() * 60_000);
}
