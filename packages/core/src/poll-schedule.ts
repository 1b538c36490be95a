/** When to look at a generation next. */
export interface PollSchedule {
  /**
   * Milliseconds from now until the next look.
   *
   * @param elapsedMs since the submission was begun
   * @param random a number from 0 to 1, for jitter
   */
  nextLookMs(elapsedMs: number, random: number): number;
}

/** A few quick looks, for a sign of life and early errors; then one every 5 s. */
const QUICK_LOOKS_MS = [1_000, 2_500, 5_000];
const STEADY_MS = 5_000;
/** Spreads nodes and videos apart without making anybody wait noticeably longer. */
const JITTER = 0.1;

/** The plain schedule: looks at about 1 s, 2.5 s and 5 s after the submission, and every 5 s from then on, ±5 %. */
export const plainPollSchedule: PollSchedule = {
  nextLookMs(elapsedMs, random) {
    // A look that jitter made early was this look already, and not one before it.
    const quick = QUICK_LOOKS_MS.find((at) => at * (1 - JITTER) > elapsedMs);
    const waitMs = quick === undefined ? STEADY_MS : quick - elapsedMs;
    return Math.max(100, Math.round(waitMs * (1 + JITTER * (random - 0.5))));
  },
};
