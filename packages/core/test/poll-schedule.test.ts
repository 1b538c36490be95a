import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { priorGenerationTime } from "../src/generation-time.ts";
import { learnGenerationTime } from "../src/learn-generation-time.ts";
import { createPollSchedule, type PollSchedule } from "../src/poll-schedule.ts";
import { bimodal, type Durations, logNormal, optimum, outcomeOf, typicalDurations } from "./poll-simulation.ts";

/** When a generation is looked at, in milliseconds after its submission. */
function looksOf(schedule: PollSchedule, untilMs: number, random: number, latencyMs = 0): number[] {
  const at: number[] = [];
  for (let elapsed = 0; elapsed < untilMs; elapsed = (at.at(-1) ?? 0) + latencyMs) {
    at.push(elapsed + schedule.nextPollMs(elapsed, random));
  }
  return at;
}

/** Without jitter. */
const MIDDLE = 0.5 + 1 / 64;

/** A generation time that is known exactly. */
function known({ ended }: Durations) {
  const prior = priorGenerationTime();
  return { ...prior, survival: (ms: number) => 1 - (ended[Math.min(ended.length - 1, Math.round(ms / 100))] ?? 1) };
}

describe("from what is known of a generation's time", () => {
  const prior = createPollSchedule(priorGenerationTime());
  const waits = (elapsedMs: number) => prior.nextPollMs(elapsedMs, MIDDLE);

  test("one look at 2 s for a sign of life, and the next when some have ended", () => {
    const [first = 0, second = 0] = looksOf(prior, 60_000, MIDDLE);
    expect(first).toBe(2_000);
    expect(second).toBeGreaterThan(20_000);
    expect(second).toBeLessThan(40_000);
  });

  test.each([0.04, 0.25, 0.5, 0.99])("an early look is not repeated at its proper time (jitter %d)", (random) => {
    for (const latencyMs of [0, 40, 400]) {
      expect(looksOf(prior, 60_000, random, latencyMs).filter((at) => at < 10_000)).toHaveLength(1);
    }
  });

  test("no early look where the answer to the submission came later, or where none is wanted", () => {
    expect(waits(2_500)).toBeGreaterThan(15_000);
    const without = createPollSchedule(priorGenerationTime(), { earlyLookMs: null });
    expect(without.nextPollMs(0, MIDDLE)).toBeGreaterThan(20_000);
  });

  test("all of it is quicker where generations are", () => {
    const emulated = createPollSchedule(priorGenerationTime(9_000));
    const [first = 0, second = 0] = looksOf(emulated, 9_000, MIDDLE);
    expect(first).toBeLessThanOrEqual(310);
    expect(second).toBeLessThan(8_000);
  });

  test("twice the polls where one is worth a quarter", () => {
    const count = (pollWorthMs: number) =>
      looksOf(createPollSchedule(priorGenerationTime(), { pollWorthMs, earlyLookMs: null }), 120_000, MIDDLE).length;
    expect(count(500) / count(2_000)).toBeGreaterThan(1.6);
    expect(count(500) / count(2_000)).toBeLessThan(2.4);
  });

  test("where polls are many, they are as dense as Keller's √(h / 2c)", () => {
    const time = priorGenerationTime(600_000);
    const schedule = createPollSchedule(time, { pollWorthMs: 200 });
    let expected = 0;
    for (let ms = 300_000; ms < 1_200_000; ms += 1_000) {
      const hazard = Math.log(time.survival(ms) / time.survival(ms + 1_000)) / 1_000;
      expected += 1_000 * Math.sqrt(hazard / (2 * 200));
    }
    const polls = looksOf(schedule, 1_200_000, MIDDLE).filter((at) => at >= 300_000).length;
    expect(polls / expected).toBeGreaterThan(0.95);
    expect(polls / expected).toBeLessThan(1.05);
  });

  test.each([
    ["log-normal", logNormal(60_000, 0.25)],
    ["two humps", bimodal()],
  ])("the cost is the least that is possible: %s", (_, durations) => {
    const schedule = createPollSchedule(known(durations), { earlyLookMs: null });
    const { costMs } = outcomeOf(schedule, typicalDurations(durations, 2_000), 700, () => MIDDLE);
    expect(costMs / optimum(durations, 700).costMs).toBeLessThan(1.015);
  });
});

describe("past the longest time that is known", () => {
  const schedule = createPollSchedule(priorGenerationTime());

  test("waits grow, to a minute, and never end", () => {
    const at = looksOf(schedule, 3_600_000, MIDDLE).filter((ms) => ms > 300_000);
    const waits = at.map((ms) => schedule.nextPollMs(ms, MIDDLE));
    expect(waits).toEqual(waits.toSorted((a, b) => a - b));
    expect(waits[0]).toBeLessThan(30_000);
    expect(waits.at(-1)).toBe(60_000);
    expect(schedule.nextPollMs(1e12, MIDDLE)).toBe(60_000);
  });
});

test("any wait is a whole number of milliseconds, at least 238 and, past the median, at most 61,000", () => {
  const schedules = [1, 9_000, 60_000, 1_800_000].map((typicalMs) => {
    const time = priorGenerationTime(typicalMs);
    return { typicalMs, schedule: createPollSchedule(time) };
  });
  const narrow = learnGenerationTime(
    Array.from({ length: 300 }, () => ({ afterMs: 59_000, atMostMs: 60_000 })),
    priorGenerationTime(),
  );
  schedules.push({ typicalMs: 60_000, schedule: createPollSchedule(narrow) });
  const elapsed = fc.oneof(
    fc.double({ min: 0, max: 300_000, noNaN: true }),
    fc.double({ min: 0, max: 1e9, noNaN: true }),
  );
  const random = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(fc.constantFrom(...schedules), elapsed, random, ({ typicalMs, schedule }, elapsedMs, random) => {
      const wait = schedule.nextPollMs(elapsedMs, random);
      expect(Number.isInteger(wait)).toBe(true);
      // 250 ms less 5 % of jitter; an early look may be due sooner.
      if (elapsedMs > 2_000) expect(wait).toBeGreaterThanOrEqual(237);
      expect(wait).toBeGreaterThan(0);
      if (elapsedMs > typicalMs) expect(wait).toBeLessThanOrEqual(61_000);
    }),
  );
});

test("waits vary by 5 %, and by 1 s at most", () => {
  const schedule = createPollSchedule(priorGenerationTime());
  const varies = (elapsedMs: number) => {
    const wait = schedule.nextPollMs(elapsedMs, MIDDLE);
    return (schedule.nextPollMs(elapsedMs, 1) - wait) / wait;
  };
  expect(varies(60_000)).toBeCloseTo(0.05, 2);
  expect(schedule.nextPollMs(2_000, 1) - schedule.nextPollMs(2_000, MIDDLE)).toBe(1_000);
});

test("one long wait in 32 is broken at any time, or nothing would be learned of it", () => {
  const schedule = createPollSchedule(priorGenerationTime());
  const wait = schedule.nextPollMs(2_000, MIDDLE);
  const broken = Array.from({ length: 3_200 }, (_, index) => schedule.nextPollMs(2_000, index / 3_200)).filter(
    (ms) => ms < wait - 1_000,
  );
  expect(broken.length).toBeGreaterThan(90);
  expect(broken.length).toBeLessThanOrEqual(100);
  for (const share of [0.1, 0.3, 0.5, 0.7, 0.9]) {
    expect(broken.filter((ms) => ms < share * wait).length / 100).toBeCloseTo(share, 1);
  }
});
