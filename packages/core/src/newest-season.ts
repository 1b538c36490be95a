import type { GenerationTimeSample } from "./generation-time.ts";

/** Shorter seasons are not told from chance. */
const SHORTEST = 5;
/**
 * In standard deviations. Of all the places where a season could have begun the most likely one is tested, so that
 * chance often reaches 3. Nine durations that are all longer than everything before them reach 5.
 */
const SIGNIFICANT = 5;

/**
 * The samples since durations last changed: all of them where they never did.
 *
 * Finds the change by Pettitt's test (1979, "A non-parametric approach to the change-point problem", Applied Statistics
 * 28(2)), which knows no distribution and compares only which of two is longer. Of two intervals that overlap neither is
 * (Gehan 1965, "A generalized Wilcoxon test", Biometrika 52).
 *
 * @param samples newest last
 */
export function newestSeason(samples: readonly GenerationTimeSample[]): readonly GenerationTimeSample[] {
  let season = samples;
  for (;;) {
    const begin = mostLikelyChange(season);
    if (begin === 0) return season;
    season = season.slice(begin);
  }
}

/** Where the second of two seasons begins, or 0 where there is but one. */
function mostLikelyChange(samples: readonly GenerationTimeSample[]): number {
  const count = samples.length;
  const ranks = ranksOf(samples);
  const variance = ranks.reduce((sum, rank) => sum + rank * rank, 0) / (count * (count - 1));
  let change = 0;
  let strongest = SIGNIFICANT;
  let sum = 0;
  for (let begin = count - 1; begin >= SHORTEST; begin--) {
    sum += ranks[begin] ?? 0;
    const newer = count - begin;
    const deviations = Math.abs(sum) / Math.sqrt(newer * begin * variance);
    if (newer >= SHORTEST && deviations > strongest) {
      strongest = deviations;
      change = begin;
    }
  }
  return change;
}

/** For each sample, how many are certainly shorter, less those that are certainly longer. */
function ranksOf(samples: readonly GenerationTimeSample[]): number[] {
  const afters = Float64Array.from(samples, ({ afterMs }) => afterMs).sort();
  const atMosts = Float64Array.from(samples, ({ atMostMs }) => atMostMs).sort();
  return samples.map(({ afterMs, atMostMs }) => {
    const shorter = countWhile(atMosts, (end) => end <= afterMs);
    const longer = samples.length - countWhile(afters, (begin) => begin < atMostMs);
    return shorter - longer;
  });
}

/** How many at the beginning of a sorted list pass, by halving. */
function countWhile(sorted: Float64Array, passes: (value: number) => boolean): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (passes(sorted[middle] ?? 0)) low = middle + 1;
    else high = middle;
  }
  return low;
}
