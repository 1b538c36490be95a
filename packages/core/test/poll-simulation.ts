import {
  createPollSchedule,
  type GenerationTime,
  type GenerationTimeSample,
  learnGenerationTime,
  type PollSchedule,
  priorGenerationTime,
} from "../src/index.ts";

/** Durations of generations, up to the deadline of 20 minutes, told apart to 0.1 s. */
export interface Durations {
  /** The share that ends within so many tenths of a second. */
  ended: Float64Array;
}

const TICK_MS = 100;
const TICKS = 12_000;

/** @param share the share that ends within so many milliseconds */
function durations(share: (ms: number) => number): Durations {
  const all = share(TICKS * TICK_MS);
  return { ended: Float64Array.from({ length: TICKS + 1 }, (_, tick) => share(tick * TICK_MS) / all) };
}

const logNormalShare = (medianMs: number, sigma: number) => (ms: number) =>
  normalShare(Math.log(ms / medianMs) / sigma);

export function logNormal(medianMs: number, sigma: number): Durations {
  return durations(logNormalShare(medianMs, sigma));
}

/** 70 % around 45 s, 30 % around 110 s. */
export function bimodal(): Durations {
  const [short, long] = [logNormalShare(45_000, 0.1), logNormalShare(110_000, 0.1)];
  return durations((ms) => 0.7 * short(ms) + 0.3 * long(ms));
}

/** 85 % around a minute, and 15 % that take from one minute to any time: half of them more than 95 s, a tenth more than 279 s. */
export function heavyTail(): Durations {
  const usual = logNormalShare(60_000, 0.25);
  return durations((ms) => 0.85 * usual(ms) + 0.15 * Math.max(0, 1 - (60_000 / Math.max(ms, 1)) ** 1.5));
}

/** Abramowitz and Stegun 7.1.26, good to 1e-7. */
function normalShare(z: number): number {
  const t = 1 / (1 + (0.3275911 * Math.abs(z)) / Math.SQRT2);
  const terms = [1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592];
  const tail = (terms.reduce((sum, term) => (sum + term) * t, 0) * Math.exp((-z * z) / 2)) / 2;
  return z > 0 ? 1 - tail : tail;
}

/** The duration than which a share of all is shorter. */
function durationAt({ ended }: Durations, share: number): number {
  let low = 0;
  let high = TICKS;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((ended[middle] ?? 1) < share) low = middle;
    else high = middle;
  }
  const [before = 0, after = 1] = ended.subarray(low, low + 2);
  return TICK_MS * (low + (share - before) / (after - before));
}

/** As many durations as asked for, that are like all of them. */
export function typicalDurations(of: Durations, count: number): number[] {
  return Array.from({ length: count }, (_, index) => durationAt(of, (index + 0.5) / count));
}

/** Numbers from 0 to 1 that a seed decides (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = Math.imul(seed, 0x9e3779b1);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export interface Outcome {
  /** Polls a video, in the mean. */
  polls: number;
  /** From the end until it is seen, in milliseconds: in the mean, and what 95 % stay below. */
  delayMs: number;
  p95DelayMs: number;
  /** `delayMs`, and `pollWorthMs` for each poll. */
  costMs: number;
}

/** Polls of one video, as the schedule says. */
export function pollUntilSeen(durationMs: number, schedule: PollSchedule, random: () => number) {
  let polls = 0;
  let afterMs = 0;
  for (let atMostMs = 0; ; afterMs = atMostMs) {
    atMostMs += schedule.nextPollMs(atMostMs, random());
    polls += 1;
    if (atMostMs >= durationMs) return { polls, delayMs: atMostMs - durationMs, sample: { afterMs, atMostMs } };
  }
}

/** What a schedule makes of such durations. */
export function outcomeOf(
  schedule: PollSchedule,
  durations: readonly number[],
  pollWorthMs: number,
  random: () => number,
): Outcome {
  const seen = durations.map((duration) => pollUntilSeen(duration, schedule, random));
  const delays = seen.map(({ delayMs }) => delayMs).sort((a, b) => a - b);
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [polls, delayMs] = [mean(seen.map(({ polls }) => polls)), mean(delays)];
  const p95DelayMs = delays[Math.floor(delays.length * 0.95)] ?? 0;
  return { polls, delayMs, p95DelayMs, costMs: delayMs + pollWorthMs * polls };
}

/** The schedule of least cost for durations that are known, from all that are possible to 0.1 s: dynamic programme. */
export function optimum({ ended }: Durations, pollWorthMs: number): PollSchedule & { costMs: number } {
  const moments = new Float64Array(TICKS + 1);
  for (let tick = 1; tick <= TICKS; tick++) {
    const share = (ended[tick] ?? 0) - (ended[tick - 1] ?? 0);
    moments[tick] = (moments[tick - 1] ?? 0) + share * (tick - 0.5) * TICK_MS;
  }
  const next = new Uint16Array(TICKS + 1).fill(TICKS);
  const leftToPay = new Float64Array(TICKS + 1);
  for (let tick = TICKS - 1; tick >= 0; tick--) {
    let cheapest = Number.POSITIVE_INFINITY;
    for (let at = tick + 1; at <= TICKS; at++) {
      const share = (ended[at] ?? 0) - (ended[tick] ?? 0);
      const delay = share * at * TICK_MS - ((moments[at] ?? 0) - (moments[tick] ?? 0));
      if (delay >= cheapest) break;
      const cost = delay + (leftToPay[at] ?? 0);
      if (cost >= cheapest) continue;
      cheapest = cost;
      next[tick] = at;
    }
    leftToPay[tick] = cheapest + pollWorthMs * (1 - (ended[tick] ?? 0));
  }
  return {
    costMs: leftToPay[0] ?? 0,
    nextPollMs: (elapsedMs) => {
      const tick = Math.floor(elapsedMs / TICK_MS + 1e-6);
      return Math.max(TICK_MS, (next[tick] ?? 0) * TICK_MS - elapsedMs);
    },
  };
}

export interface Learning {
  pollWorthMs: number;
  random: () => number;
  /** How long the video of this number takes. */
  durationsOf: (video: number) => Durations;
  videos: number;
  /** Called before the first video, whenever something was learned, and after the last. */
  onLearned: (video: number, time: GenerationTime) => void;
}

/** Videos between two lessons. */
const LESSON = 10;

/** Polls videos one after the other by what was learned from those before, and learns only what the polls said. */
export function learn({ pollWorthMs, random, durationsOf, videos, onLearned }: Learning): void {
  const prior = priorGenerationTime();
  const samples: GenerationTimeSample[] = [];
  let schedule = createPollSchedule(prior, { pollWorthMs });
  for (let video = 0; video <= videos; video++) {
    if (video % LESSON === 0) {
      const time = learnGenerationTime(samples, learnGenerationTime(samples, prior));
      schedule = createPollSchedule(time, { pollWorthMs });
      onLearned(video, time);
    }
    const durationMs = durationAt(durationsOf(video), random());
    samples.push(pollUntilSeen(durationMs, schedule, random).sample);
  }
}

/** Polls as densely as √(h / 2c), the hazard rate h being known: the next one is where that has grown by 1 (Keller 1974). */
export function kellerSchedule({ ended }: Durations, pollWorthMs: number): PollSchedule {
  const polls = new Float64Array(TICKS + 1);
  for (let tick = 1; tick <= TICKS; tick++) {
    const running = 1 - (ended[tick - 1] ?? 0);
    const hazard = running <= 1e-9 ? 0 : ((ended[tick] ?? 0) - (ended[tick - 1] ?? 0)) / running / TICK_MS;
    polls[tick] = (polls[tick - 1] ?? 0) + TICK_MS * Math.sqrt(hazard / (2 * pollWorthMs));
  }
  return {
    nextPollMs: (elapsedMs) => {
      const now = polls[Math.min(TICKS, Math.round(elapsedMs / TICK_MS))] ?? 0;
      const next = polls.findIndex((grown) => grown >= now + 1);
      return next === -1 ? 60_000 : Math.max(TICK_MS, next * TICK_MS - elapsedMs);
    },
  };
}
