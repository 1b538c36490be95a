import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type GenerationTime, priorGenerationTime, TYPICAL_GENERATION_MS } from "../src/generation-time.ts";
import { learnGenerationTime } from "../src/learn-generation-time.ts";

/** 70 % end within 40 to 44 s, the others within 100 to 110 s. */
const twoHumps = learnGenerationTime(
  Array.from({ length: 400 }, (_, index) =>
    index % 10 < 7 ? { afterMs: 40_000, atMostMs: 44_000 } : { afterMs: 100_000, atMostMs: 110_000 },
  ),
  priorGenerationTime(),
);
const times: [name: string, time: GenerationTime][] = [
  ["the prior", priorGenerationTime()],
  ["a prior of 9 s", priorGenerationTime(9_000)],
  ["a prior of nothing", priorGenerationTime(1)],
  ["a prior of an hour", priorGenerationTime(3_600_000)],
  ["two humps", twoHumps],
];
const anyTime = fc.constantFrom(...times.map(([, time]) => time));
const anyElapsed = fc.oneof(
  fc.double({ min: 0, max: 300_000, noNaN: true }),
  fc.double({ min: 0, max: 1e9, noNaN: true }),
);

describe("the prior", () => {
  test("has the typical time for its median", () => {
    const prior = priorGenerationTime();
    expect(prior.remainingMs(0) / TYPICAL_GENERATION_MS).toBeCloseTo(1, 2);
    expect(priorGenerationTime(9_000).remainingMs(0) / 9_000).toBeCloseTo(1, 2);
    expect(prior.survival(TYPICAL_GENERATION_MS)).toBeCloseTo(0.5, 2);
  });

  test("is log-normal with σ 0.5: 16 % take less than 36 s, 16 % more than 99 s", () => {
    const prior = priorGenerationTime();
    expect(prior.survival(60_000 * Math.exp(-0.5))).toBeCloseTo(0.8413, 2);
    expect(prior.survival(60_000 * Math.exp(0.5))).toBeCloseTo(0.1587, 2);
  });
});

test("survival begins at 1 and never rises", () => {
  fc.assert(
    fc.property(anyTime, anyElapsed, anyElapsed, (time, a, b) => {
      expect(time.survival(0)).toBe(1);
      expect(time.survival(Math.max(a, b))).toBeLessThanOrEqual(time.survival(Math.min(a, b)));
      expect(time.survival(Math.max(a, b))).toBeGreaterThanOrEqual(0);
    }),
  );
});

test("half of what still runs has ended once the remaining time has passed", () => {
  for (const elapsedMs of [0, 10_000, 41_000, 70_000, 105_000]) {
    const endMs = elapsedMs + twoHumps.remainingMs(elapsedMs);
    expect(twoHumps.survival(endMs) / twoHumps.survival(elapsedMs)).toBeCloseTo(0.5, 3);
  }
});

test("something always remains, and beyond what is known the more the longer it has taken", () => {
  fc.assert(
    fc.property(anyTime, anyElapsed, (time, elapsedMs) => {
      expect(time.remainingMs(elapsedMs)).toBeGreaterThan(0);
      expect(time.remainingMs(elapsedMs)).toBeLessThan(1e10);
    }),
  );
  expect(twoHumps.remainingMs(1_200_000)).toBeGreaterThan(twoHumps.remainingMs(600_000));
});

test("what has passed begins at 0, never falls and is never all", () => {
  fc.assert(
    fc.property(anyTime, anyElapsed, anyElapsed, (time, a, b) => {
      expect(time.passedShare(0)).toBe(0);
      expect(time.passedShare(Math.max(a, b))).toBeGreaterThanOrEqual(time.passedShare(Math.min(a, b)));
      expect(time.passedShare(Math.max(a, b))).toBeLessThanOrEqual(0.99);
    }),
  );
});

test("what has passed holds still while the end recedes", () => {
  // Up to 44 s it ends any moment; a second later it must be one of those that take another minute.
  expect(twoHumps.passedShare(43_000)).toBeGreaterThan(0.85);
  expect(twoHumps.passedShare(60_000)).toBe(twoHumps.passedShare(50_000));
  expect(twoHumps.passedShare(104_000)).toBeGreaterThan(twoHumps.passedShare(60_000));
});
