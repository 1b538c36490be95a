import { expect, test } from "vitest";
import type { GenerationTimeSample } from "../src/generation-time.ts";
import { newestSeason } from "../src/newest-season.ts";
import { logNormal, seededRandom, typicalDurations } from "./poll-simulation.ts";

/** Durations in a random order, each seen between two polls of a loop of 5 s. */
function season(medianMs: number, count: number, seed: number): GenerationTimeSample[] {
  const random = seededRandom(seed);
  return typicalDurations(logNormal(medianMs, 0.25), count)
    .map((durationMs) => ({ durationMs, place: random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ durationMs, place }) => {
      const atMostMs = 5_000 * (Math.ceil(durationMs / 5_000 - place) + place);
      return { afterMs: Math.max(0, atMostMs - 5_000), atMostMs };
    });
}

test("where nothing changes, all is one season", () => {
  for (let seed = 1; seed <= 50; seed++) {
    const samples = season(60_000, 300, seed);
    expect(newestSeason(samples)).toBe(samples);
  }
});

test.each([0, 1, 2, 5, 8])("of %d samples none is told apart", (count) => {
  const samples = season(60_000, count, 1);
  expect(newestSeason(samples)).toBe(samples);
});

test.each([
  ["longer", 60_000, 90_000],
  ["shorter", 60_000, 40_000],
])("a season of %s ones is found among 25 of them, about where it begins", (_, before, after) => {
  for (let seed = 1; seed <= 20; seed++) {
    const newest = newestSeason([...season(before, 300, seed), ...season(after, 25, seed)]);
    expect(newest.length).toBeGreaterThanOrEqual(15);
    expect(newest.length).toBeLessThanOrEqual(45);
  }
});

test("of three seasons the last", () => {
  const newest = newestSeason([...season(60_000, 300, 1), ...season(90_000, 100, 2), ...season(60_000, 40, 3)]);
  expect(Math.abs(newest.length - 40)).toBeLessThanOrEqual(5);
});

test("intervals that overlap say nothing of which is longer", () => {
  const samples = Array.from({ length: 200 }, (_, index) => ({ afterMs: 0, atMostMs: index < 100 ? 50_000 : 90_000 }));
  expect(newestSeason(samples)).toBe(samples);
});

test("what was submitted together is one season in the order of its submission, and would be several in that of its ends", () => {
  const together = season(60_000, 100, 1);
  expect(newestSeason(together)).toBe(together);
  const byEnd = together.toSorted((a, b) => a.atMostMs - b.atMostMs);
  expect(newestSeason(byEnd).length).toBeLessThan(50);
});
