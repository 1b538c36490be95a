/** When to poll a generation next. */
export interface PollSchedule {
  /**
   * Milliseconds from now until the next poll.
   *
   * @param elapsedMs since the submission was begun
   * @param random a number from 0 to 1, for jitter
   */
  nextPollMs(elapsedMs: number, random: number): number;
}

/** A few quick polls, for a sign of life and early errors; then one every 5 s. */
const QUICK_POLLS_MS = [1_000, 2_500, 5_000];
const STEADY_MS = 5_000;
/** Spreads nodes and videos apart without making anybody wait noticeably longer. */
const JITTER = 0.1;

/** The plain schedule: polls at about 1 s, 2.5 s and 5 s after the submission, and every 5 s from then on, ±5 %. */
export const plainPollSchedule: PollSchedule = {
  nextPollMs(elapsedMs, random) {
    // A poll that jitter made early was this one already, and not one before it.
    const quick = QUICK_POLLS_MS.find((at) => at * (1 - JITTER) > elapsedMs);
    const waitMs = quick === undefined ? STEADY_MS : quick - elapsedMs;
    return Math.max(100, Math.round(waitMs * (1 + JITTER * (random - 0.5))));
  },
};
