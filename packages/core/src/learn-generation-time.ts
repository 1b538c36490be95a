import { type GenerationTime, type GenerationTimeSample, generationTimeOf } from "./generation-time.ts";
import { newestSeason } from "./newest-season.ts";
import { CELLS, EDGES_MS, placeOf } from "./time-grid.ts";
import type { VideoRequest } from "./video.ts";

/** What decides how long a generation takes: model, resolution, duration and audio. The same text for the same kind. */
export function requestKind({ model, resolution, durationSeconds, generateAudio }: VideoRequest): string {
  return `${model} ${resolution} ${durationSeconds}s ${generateAudio ? "audio" : "silent"}`;
}

/** Older samples are left aside: at the half-life below, they would weigh less than 1 in 30. */
const NEWEST = 1_000;
/** A sample weighs half as much as one that is this many newer. */
const HALF_LIFE = 200;
/** What was known before counts as much as so many samples. */
const BEFORE_WORTH = 4;
/** Rounds of spreading; more change nothing that a schedule would notice. */
const ROUNDS = 12;
/** What is least expected of any cell, so that what nobody expected can be learned. */
const LEAST_MASS = 1e-9;

/**
 * How long generations take, from what was seen of them. Learn it of all kinds together from the prior, and of one
 * kind from that: while a kind has few samples, it is taken to be like the others.
 *
 * ```ts
 * const anyKind = learnGenerationTime(allSamples, priorGenerationTime());
 * const thisKind = learnGenerationTime(samplesOfThisKind, anyKind);
 * ```
 *
 * A sample says between which two polls a generation ended, and not when. Its weight is spread over that interval in
 * proportion to the distribution itself, which is then made of all the weights, smoothed, and of what was known before;
 * this is repeated until both agree (Turnbull 1976, "The empirical distribution function with arbitrarily grouped,
 * censored and truncated data", JRSS B 38; smoothed in every round as by Silverman, Jones, Wilson and Nychka 1990, "A smoothed
 * EM approach to indirect estimation problems", JRSS B 52). Smoothing is in the logarithm of time, narrow where durations are
 * many and wide where they are few (Abramson 1982, "On bandwidth variation in kernel estimates", Annals of Statistics 10).
 *
 * Newer samples weigh more, and those from before a change of season nothing. Takes some milliseconds for 1,000 samples.
 *
 * @param samples in the order of their submission, newest last, and with them those that still run: in the order of their ends,
 *   whatever was submitted together would seem to take longer and longer, and without those that run the newest would
 *   seem short. Of more than 1,000 the newest are taken.
 * @param before what was known without them; worth 4 samples
 */
export function learnGenerationTime(samples: readonly GenerationTimeSample[], before: GenerationTime): GenerationTime {
  const season = newestSeason(samples.filter(isPossible).slice(-NEWEST));
  if (season.length === 0) return before;
  const intervals = season.map(({ afterMs, atMostMs }, index) => {
    const from = Math.min(CELLS - 1, Math.floor(placeOf(afterMs)));
    return {
      from,
      to: Math.max(from + 1, Math.ceil(placeOf(atMostMs))),
      weight: 2 ** ((index + 1 - season.length) / HALF_LIFE),
    };
  });
  const weight = sum(intervals.map((interval) => interval.weight));
  // Kish's: samples of equal weight that would tell as much.
  const worth = weight ** 2 / sum(intervals.map((interval) => interval.weight ** 2));

  const known = massesOf(before);
  let masses = known;
  for (let round = 1; round <= ROUNDS; round++) {
    const spread = spreadOver(intervals, masses);
    const usual = Math.exp(sum(spread.map((mass, cell) => (mass / weight) * Math.log(masses[cell] ?? 0))));
    // A normal distribution is as dense as that, on average, at this standard deviation.
    const deviation = 1 / (usual * Math.sqrt(2 * Math.PI * Math.E));
    const width = 0.7 * deviation * worth ** -0.2;
    const local = (cell: number) => width * (usual / (masses[cell] ?? 0)) ** 0.4;
    // Narrow until the last round: repeated, a wide one would even out whatever lies between two polls.
    const smooth = smoothed(spread, round < ROUNDS ? () => 0.6 * width : local);
    masses = known.map((mass, cell) => (BEFORE_WORTH * mass + (smooth[cell] ?? 0)) / (BEFORE_WORTH + weight));
  }
  return generationTimeOf(masses);
}

/** Not from a clock that was set back. */
function isPossible({ afterMs, atMostMs }: GenerationTimeSample): boolean {
  return afterMs >= 0 && atMostMs > 0 && atMostMs >= afterMs && Number.isFinite(afterMs);
}

function massesOf(time: GenerationTime): Float64Array {
  const survivals = EDGES_MS.map(time.survival);
  return survivals
    .subarray(0, CELLS)
    .map((chance, cell) => Math.max(LEAST_MASS, chance - (cell === CELLS - 1 ? 0 : (survivals[cell + 1] ?? 0))));
}

interface Interval {
  /** Its first cell. */
  from: number;
  /** The cell after its last one. */
  to: number;
  weight: number;
}

/** The weight of each interval, over its cells, in proportion to what is expected of them. */
function spreadOver(intervals: readonly Interval[], expected: Float64Array): Float64Array {
  const until = new Float64Array(CELLS + 1);
  for (let cell = 0; cell < CELLS; cell++) until[cell + 1] = (until[cell] ?? 0) + (expected[cell] ?? 0);
  const steps = new Float64Array(CELLS + 1);
  for (const { from, to, weight } of intervals) {
    const step = weight / ((until[to] ?? 0) - (until[from] ?? 0));
    steps[from] = (steps[from] ?? 0) + step;
    steps[to] = (steps[to] ?? 0) - step;
  }
  let factor = 0;
  return expected.map((mass, cell) => {
    factor += steps[cell] ?? 0;
    return Math.max(0, factor) * mass;
  });
}

/** Narrower than 2.4 cells, 3 % of a time, the grid would show; wider than 40, a lone sample would be everywhere. */
const NARROWEST = 2.4;
const WIDEST = 40;

/**
 * Masses spread to the neighbouring cells (Epanechnikov's kernel).
 *
 * @param deviationAt how far, as a standard deviation in cells
 */
function smoothed(masses: Float64Array, deviationAt: (cell: number) => number): Float64Array {
  const smooth = new Float64Array(CELLS);
  for (const [cell, mass] of masses.entries()) {
    const width = Math.sqrt(5) * Math.min(WIDEST, Math.max(NARROWEST, deviationAt(cell)));
    const reach = Math.ceil(width) - 1;
    const whole = 2 * reach + 1 - (reach * (reach + 1) * (2 * reach + 1)) / 3 / width ** 2;
    for (let offset = -reach; offset <= reach; offset++) {
      const to = Math.min(CELLS - 1, Math.max(0, cell + offset));
      smooth[to] = (smooth[to] ?? 0) + (mass / whole) * (1 - (offset / width) ** 2);
    }
  }
  return smooth;
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
