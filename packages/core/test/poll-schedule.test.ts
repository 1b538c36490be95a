import fc from "fast-check";
import { expect, test } from "vitest";
import { plainPollSchedule } from "../src/poll-schedule.ts";

/** When a generation is looked at, in milliseconds after its submission. */
function looks(untilMs: number, random: number, latencyMs = 0): number[] {
  const at: number[] = [];
  for (let elapsed = 0; elapsed < untilMs; elapsed = (at.at(-1) ?? 0) + latencyMs) {
    at.push(elapsed + plainPollSchedule.nextPollMs(elapsed, random));
  }
  return at;
}

test("without jitter: at 1 s, 2.5 s and 5 s, and every 5 s from then on", () => {
  expect(looks(20_000, 0.5)).toEqual([1_000, 2_500, 5_000, 10_000, 15_000, 20_000]);
});

test.each([0, 0.1, 0.25, 0.49])("an early look is not repeated at its proper time (jitter %d)", (random) => {
  expect(looks(19_000, random)).toHaveLength(6);
  expect(looks(19_000, random, 40)).toHaveLength(6);
});

test("any wait is a whole number of milliseconds from 100 to 5,250", () => {
  const elapsed = fc.double({ min: 0, max: 1e9, noNaN: true });
  const random = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(elapsed, random, (elapsedMs, random) => {
      const wait = plainPollSchedule.nextPollMs(elapsedMs, random);
      expect(Number.isInteger(wait)).toBe(true);
      expect(wait).toBeGreaterThanOrEqual(100);
      expect(wait).toBeLessThanOrEqual(5_250);
    }),
  );
});

test("a minute's generation takes at most 15 looks", () => {
  for (const random of [0, 0.5, 1]) expect(looks(60_000, random).length).toBeLessThanOrEqual(15);
});
