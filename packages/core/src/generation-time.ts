import { CELLS, CELLS_PER_E, EDGES_MS, placeOf, timeAt, valueAt } from "./time-grid.ts";

/** About what the upstream takes for one video, in milliseconds. */
export const TYPICAL_GENERATION_MS = 60_000;

/** How long a generation takes, as far as anybody knows: a distribution. All times are milliseconds since its submission. */
export interface GenerationTime {
  /** The chance that it is still running after this time: from 1 down to 0. */
  survival(elapsedMs: number): number;
  /** How much longer one takes that is still running after this time, in the median; above 0. */
  remainingMs(elapsedMs: number): number;
  /**
   * How much of it has passed after this time, estimated: from 0 to 0.99, and at no later time less. Where the end
   * recedes faster than time goes by, as between two usual durations, it holds still.
   */
  passedShare(elapsedMs: number): number;
}

/**
 * When one generation ended: after the last poll that said it had not, and not after the poll that saw it. In
 * milliseconds since its submission. `afterMs` is 0 where no earlier poll is known, and `atMostMs` infinite while it runs.
 */
export interface GenerationTimeSample {
  afterMs: number;
  atMostMs: number;
}

/** What is known of a generation that still runs, for all that the database says: its last poll was a little earlier. */
export function stillRunning(elapsedMs: number): GenerationTimeSample {
  return { afterMs: 0.9 * elapsedMs, atMostMs: Number.POSITIVE_INFINITY };
}

/** How wide the prior is: two thirds of generations take from 0.6 to 1.6 times the typical time. */
const PRIOR_SIGMA = 0.5;

/**
 * What is known before anything was seen: about `typicalMs`, give or take a lot (log-normal, σ 0.5).
 *
 * @param typicalMs the median, in milliseconds
 */
export function priorGenerationTime(typicalMs: number = TYPICAL_GENERATION_MS): GenerationTime {
  const middle = placeOf(typicalMs);
  return generationTimeOf(
    Float64Array.from({ length: CELLS }, (_, cell) => {
      const z = (cell + 0.5 - middle) / CELLS_PER_E / PRIOR_SIGMA;
      return Math.exp((-z * z) / 2);
    }),
  );
}

/** Where fewer than one in 500 are left, next to nothing was seen of those, and nothing is known of them. */
const BEYOND = 1 / 500;
/** At the end of the grid, too little lies before its end. */
const LAST_EDGE = CELLS - CELLS_PER_E;

/** Beyond this time, in milliseconds, nothing is known. */
export function longestMs(time: Pick<GenerationTime, "survival">): number {
  const edge = EDGES_MS.findIndex((edge) => time.survival(edge) < BEYOND);
  return timeAt(edge === -1 ? LAST_EDGE : Math.min(edge, LAST_EDGE));
}

/** @param masses in each cell of the time grid, in any unit */
export function generationTimeOf(masses: Readonly<Float64Array>): GenerationTime {
  const survivals = new Float64Array(CELLS + 1);
  for (let cell = CELLS - 1; cell >= 0; cell--) survivals[cell] = (survivals[cell + 1] ?? 0) + (masses[cell] ?? 0);
  const total = survivals[0] ?? 1;
  for (let edge = 0; edge <= CELLS; edge++) survivals[edge] = (survivals[edge] ?? 0) / total;

  const survival = (elapsedMs: number) => valueAt(survivals, placeOf(elapsedMs));
  const longest = longestMs({ survival });

  const remainingMs = (elapsedMs: number): number => {
    // Beyond what is known, the longer it has taken the longer it will probably take.
    if (elapsedMs > longest) return remainingMs(longest) + (elapsedMs - longest) / 2;
    const half = survival(elapsedMs) / 2;
    let low = Math.floor(placeOf(elapsedMs));
    let high = CELLS;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((survivals[middle] ?? 0) > half) low = middle;
      else high = middle;
    }
    const [before = 0, after = 0] = survivals.subarray(low, low + 2);
    return Math.max(1, timeAt(low + (before - half) / (before - after)) - elapsedMs);
  };

  const shares = new Float64Array(CELLS + 1);
  for (let edge = 1; edge <= CELLS; edge++) {
    const elapsedMs = EDGES_MS[edge] ?? 0;
    const share = elapsedMs / (elapsedMs + remainingMs(elapsedMs));
    shares[edge] = Math.min(0.99, Math.max(shares[edge - 1] ?? 0, share));
  }

  return { survival, remainingMs, passedShare: (elapsedMs) => valueAt(shares, placeOf(elapsedMs)) };
}
