import { describe, expect, test } from "vitest";
import { createPollSchedule } from "../src/poll-schedule.ts";
import {
  bimodal,
  type Durations,
  heavyTail,
  learn,
  logNormal,
  optimum,
  outcomeOf,
  seededRandom,
  typicalDurations,
} from "./poll-simulation.ts";

/** The targets of benchmarks/polling.ts, in fewer runs. */
const SEEDS = [1, 2, 3];
const POLL_WORTH_MS = 700;

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** What schedules make of durations after so many videos: one for each seed. */
function learned(videos: number, durationsOf: (video: number) => Durations) {
  const typical = typicalDurations(durationsOf(videos), 1_000);
  return SEEDS.flatMap((seed) => {
    const schedules: ReturnType<typeof createPollSchedule>[] = [];
    learn({
      pollWorthMs: POLL_WORTH_MS,
      random: seededRandom(seed),
      durationsOf,
      videos,
      onLearned: (video, time) => {
        if (video === videos) schedules.push(createPollSchedule(time, { earlyLookMs: null }));
      },
    });
    return schedules.map((schedule) => outcomeOf(schedule, typical, POLL_WORTH_MS, seededRandom(-seed)));
  });
}

describe("after 200 videos the cost is within 5 % of the optimum", () => {
  test.each<[name: string, durations: Durations]>([
    ["log-normal, σ 0.15", logNormal(60_000, 0.15)],
    ["log-normal, σ 0.25", logNormal(60_000, 0.25)],
    ["log-normal, σ 0.4", logNormal(60_000, 0.4)],
    ["two humps", bimodal()],
    ["a heavy tail", heavyTail()],
  ])("%s", (_, durations) => {
    const costs = learned(200, () => durations).map(({ costMs }) => costMs);
    const least = optimum(durations, POLL_WORTH_MS).costMs;
    expect(costs).toHaveLength(SEEDS.length);
    expect(mean(costs) / least).toBeLessThanOrEqual(1.05);
    expect(mean(costs) / least, "the optimum is one").toBeGreaterThan(0.995);
  });
});

test("with no more polls than one every 15 s, the delay is at most 0.45 of that loop's", () => {
  const durations = logNormal(60_000, 0.25);
  const outcomes = learned(200, () => durations);
  const loop = outcomeOf({ nextPollMs: () => 15_000 }, typicalDurations(durations, 1_000), POLL_WORTH_MS, () => 0.5);
  expect(mean(outcomes.map(({ polls }) => polls))).toBeLessThanOrEqual(loop.polls);
  expect(mean(outcomes.map(({ delayMs }) => delayMs))).toBeLessThanOrEqual(0.45 * loop.delayMs);
});

test.each([
  ["longer", 90_000],
  ["shorter", 40_000],
])("100 videos after the median became %s, the cost is within 10 % of the new optimum", (_, medianMs) => {
  const [before, after] = [logNormal(60_000, 0.25), logNormal(medianMs, 0.25)];
  const costs = learned(400, (video) => (video < 300 ? before : after)).map(({ costMs }) => costMs);
  expect(mean(costs) / optimum(after, POLL_WORTH_MS).costMs).toBeLessThanOrEqual(1.1);
});
