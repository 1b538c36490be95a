import { type GenerationTime, longestMs } from "./generation-time.ts";
import { CELLS, EDGES_MS, placeOf, timeAt } from "./time-grid.ts";

/** When to poll a generation next. */
export interface PollSchedule {
  /**
   * Milliseconds from now until the next poll.
   *
   * @param elapsedMs since the submission was begun
   * @param random a number from 0 to 1, for jitter and for looking where nobody looks
   */
  nextPollMs(elapsedMs: number, random: number): number;
}

/** Spreads nodes and videos apart without making anybody wait noticeably longer: ±5 %. */
const JITTER = 0.1;

/**
 * About as many polls as one every 15 s takes, which is what the vendor's own sample does, and 0.4 of its delay, where
 * durations are log-normal with a median of a minute and σ 0.25 (benchmarks/polling.ts).
 */
export const POLL_WORTH_MS = 700;

export interface PollScheduleOptions {
  /**
   * How much later an end may be seen to save one poll, in milliseconds: at four times as much, about half as many
   * polls and twice the delay. Default: 700.
   */
  pollWorthMs?: number;
  /**
   * When to look once for a sign of life and early errors, in milliseconds; `null`: not at all. Default: a thirtieth of
   * the median, from 250 ms to 2 s.
   */
  earlyLookMs?: number | null;
}

/** Longest wait once half of all generations would have ended, in milliseconds. */
const LONGEST_WAIT_MS = 60_000;
/** Past the longest time known, each wait is longer than the one before by this share of it. */
const GROWTH = 0.25;
/** However long the wait, this is enough to keep apart what was submitted together. */
const LONGEST_JITTER_MS = 1_000;
/** One long wait in 32 is broken by a look at any time within it, or nothing would ever be learned of that time. */
const EXPLORED = 1 / 32;

/**
 * The schedule of the least cost for generations that take as long as `time` says: its delay in seeing the end, and
 * `pollWorthMs` for each poll, in the mean.
 *
 * What is left to pay after a poll at one time is, for the best next time, the delay of those that end between the two,
 * the next poll for all that run until the first, and what is left to pay after the second. That recursion (Barlow, Hunter and
 * Proschan 1963, "Optimum checking procedures", J. SIAM 11(4)) is solved backwards over the time grid. Where polls are many,
 * they come as densely as √(h / 2c), with the hazard rate h and the poll's worth c (Keller 1974, "Optimum checking schedules
 * for systems subject to random failure", Management Science 21(3)).
 *
 * Beyond the longest time known, waits grow to a minute and never end: when to give up is for others to say, as is what
 * a `Retry-After` asks for. Waits vary by ±5 %, at most 1 s, and are never shorter than a sixtieth of the median, from 250 ms to 1 s.
 */
export function createPollSchedule(time: GenerationTime, options: PollScheduleOptions = {}): PollSchedule {
  const medianMs = time.remainingMs(0);
  const { pollWorthMs = POLL_WORTH_MS, earlyLookMs = clamp(medianMs / 30, 250, 2_000) } = options;
  const leastMs = clamp(medianMs / 60, 250, 1_000);
  const longest = longestMs(time);
  const next = cheapestNext(time, { pollWorthMs, leastMs, medianMs, longest });

  const waitMs = (elapsedMs: number): number => {
    if (elapsedMs >= longest) {
      return Math.min(LONGEST_WAIT_MS, lastWaitMs + (elapsedMs - longest) * GROWTH);
    }
    const place = placeOf(elapsedMs);
    const cell = Math.floor(place);
    const [low = 0, high = 0] = next.subarray(cell, cell + 2);
    // Two edges may have quite different next polls, one on each side of a time that few end in: none lies between.
    const apart = high - low > 4;
    const nextPlace = apart ? (place - cell < 0.5 ? low : high) : low + (high - low) * (place - cell);
    return Math.max(leastMs, timeAt(nextPlace) - elapsedMs);
  };
  const lastWaitMs = waitMs(longest * (1 - 1e-9));

  return {
    nextPollMs(elapsedMs, random) {
      const explores = random < EXPLORED;
      // From 0 to 1 again, in either case.
      const share = explores ? random / EXPLORED : (random - EXPLORED) / (1 - EXPLORED);
      // A look that jitter made early was this one already.
      if (earlyLookMs !== null && elapsedMs < earlyLookMs * (1 - JITTER / 2)) {
        return Math.max(1, Math.round(jittered(earlyLookMs - elapsedMs, share)));
      }
      const wait = waitMs(elapsedMs);
      const isLong = wait > elapsedMs / 4 && elapsedMs < longest;
      return Math.round(explores && isLong ? Math.max(leastMs, wait * share) : jittered(wait, share));
    },
  };
}

interface Terms {
  pollWorthMs: number;
  leastMs: number;
  medianMs: number;
  longest: number;
}

/** For each edge of the time grid, the edge to poll at next. */
function cheapestNext(time: GenerationTime, { pollWorthMs, leastMs, medianMs, longest }: Terms): Float64Array {
  const running = EDGES_MS.map(time.survival);
  // The mean of when they end, of those that end before an edge.
  const moments = new Float64Array(CELLS + 1);
  for (let cell = 0; cell < CELLS; cell++) {
    const [from = 0, to = 0] = EDGES_MS.subarray(cell, cell + 2);
    const [before = 0, after = 0] = running.subarray(cell, cell + 2);
    moments[cell + 1] = (moments[cell] ?? 0) + ((before - after) * (from + to)) / 2;
  }
  // Far enough beyond the longest time that the end of the calculation is not felt before it.
  const last = Math.min(CELLS, Math.ceil(placeOf(2 * longest)));
  const next = new Float64Array(CELLS + 1).fill(CELLS);
  const leftToPay = new Float64Array(CELLS + 1);
  for (let edge = last - 1; edge >= 0; edge--) {
    const now = EDGES_MS[edge] ?? 0;
    const limit = Math.max(medianMs, now + clamp(now, leastMs, LONGEST_WAIT_MS));
    let cheapest = Number.POSITIVE_INFINITY;
    for (let at = edge + 1; at <= last; at++) {
      const then = EDGES_MS[at] ?? 0;
      if (then < now + leastMs && at < last) continue;
      const ended = (running[edge] ?? 0) - (running[at] ?? 0);
      const delay = then * ended - ((moments[at] ?? 0) - (moments[edge] ?? 0));
      if (cheapest < Number.POSITIVE_INFINITY && (delay > cheapest || then > limit)) break;
      const cost = delay + (leftToPay[at] ?? 0);
      if (cost >= cheapest) continue;
      cheapest = cost;
      next[edge] = at;
    }
    leftToPay[edge] = cheapest + pollWorthMs * (running[edge] ?? 0);
  }
  return next;
}

function jittered(waitMs: number, random: number): number {
  return waitMs + Math.min(waitMs * JITTER, 2 * LONGEST_JITTER_MS) * (random - 0.5);
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}
