import { describe, expect, test } from "vitest";
import {
  type GenerationTime,
  type GenerationTimeSample,
  priorGenerationTime,
  stillRunning,
} from "../src/generation-time.ts";
import { learnGenerationTime, requestKind } from "../src/learn-generation-time.ts";
import { logNormal, typicalDurations } from "./poll-simulation.ts";
import { REQUEST } from "./video-fixtures.ts";

const prior = priorGenerationTime();
const medianMs = (time: GenerationTime) => time.remainingMs(0);

/** What polls at these times, and every 30 s after them, would have seen, in an order that is none. */
function seen(
  medianMs: number,
  sigma: number,
  count: number,
  pollsAt: (index: number) => number[],
): GenerationTimeSample[] {
  const durations = typicalDurations(logNormal(medianMs, sigma), count);
  return durations.map((_, index) => {
    const durationMs = durations[(index * 7) % count] ?? 0;
    const polls = [...pollsAt(index), ...Array.from({ length: 50 }, (_, more) => 240_000 + 30_000 * more)];
    const atMostMs = polls.find((at) => at >= durationMs) ?? 0;
    return { afterMs: polls.findLast((at) => at < durationMs) ?? 0, atMostMs };
  });
}

/** Every 5 s, and for each video a little later than for the one before. */
const every5s = (index: number) => Array.from({ length: 40 }, (_, poll) => 5_000 * poll + 1_000 + 137 * (index % 30));

describe("from nothing", () => {
  test("nothing is learned", () => {
    expect(learnGenerationTime([], prior)).toBe(prior);
  });

  test("nor from what no clock can have shown", () => {
    const impossible = [
      { afterMs: -1, atMostMs: 5_000 },
      { afterMs: 0, atMostMs: 0 },
      { afterMs: 9_000, atMostMs: 5_000 },
      { afterMs: Number.NaN, atMostMs: 5_000 },
      { afterMs: Number.POSITIVE_INFINITY, atMostMs: Number.POSITIVE_INFINITY },
    ];
    expect(learnGenerationTime(impossible, prior)).toBe(prior);
  });
});

describe("from samples", () => {
  test("the median and the width are learned", () => {
    const time = learnGenerationTime(seen(40_000, 0.2, 200, every5s), prior);
    expect(medianMs(time) / 40_000).toBeCloseTo(1, 1);
    expect(time.survival(40_000 * Math.exp(0.2))).toBeCloseTo(0.16, 1);
    expect(time.survival(40_000 * Math.exp(-0.2))).toBeCloseTo(0.84, 1);
    expect(time.survival(80_000)).toBeLessThan(0.01);
  });

  test("what lies far from all that was expected is learned too", () => {
    expect(
      medianMs(
        learnGenerationTime(
          seen(900, 0.2, 100, () => [400, 800, 1_200, 1_600]),
          prior,
        ),
      ),
    ).toBeLessThan(1_100);
    const long = seen(400_000, 0.2, 100, () => []);
    expect(medianMs(learnGenerationTime(long, prior)) / 400_000).toBeCloseTo(1, 1);
    const beyond = Array.from({ length: 50 }, () => ({ afterMs: 1e9, atMostMs: 2e9 }));
    expect(medianMs(learnGenerationTime(beyond, prior))).toBeGreaterThan(6_000_000);
  });

  test("polls that are always at the same times are not taken for the times of the ends", () => {
    const time = learnGenerationTime(
      seen(60_000, 0.25, 300, () => [45_000, 60_000, 75_000, 90_000]),
      prior,
    );
    const truth = logNormal(60_000, 0.25);
    const sharesOf = (from: number, to: number) => time.survival(from) - time.survival(to);
    // 40 % end between the second and the third poll: as many in each third of that time as there truly are, about.
    for (const [from, to] of [
      [60_000, 65_000],
      [65_000, 70_000],
      [70_000, 75_000],
    ] as const) {
      const share = (truth.ended[to / 100] ?? 0) - (truth.ended[from / 100] ?? 0);
      expect(Math.abs(sharesOf(from, to) / share - 1)).toBeLessThan(0.3);
    }
  });

  test("an interval in which nothing was ever seen is as the prior says, and no heap at its end", () => {
    const time = learnGenerationTime(
      Array.from({ length: 100 }, () => ({ afterMs: 0, atMostMs: 50_000 })),
      prior,
    );
    expect(time.survival(50_000)).toBeLessThan(0.1);
    expect(medianMs(time)).toBeGreaterThan(25_000);
    expect(medianMs(time)).toBeLessThan(45_000);
  });

  test("the newest weigh most", () => {
    // Too alike for a change of season.
    const older = seen(60_000, 0.3, 300, every5s);
    const newer = seen(66_000, 0.3, 300, every5s);
    const later = medianMs(learnGenerationTime([...older, ...newer], prior));
    const earlier = medianMs(learnGenerationTime([...newer, ...older], prior));
    expect(later).toBeGreaterThan(earlier + 500);
  });

  test("of many thousands the newest 1,000 count", () => {
    const newest = seen(60_000, 0.3, 1_000, every5s);
    const all = learnGenerationTime([...seen(50_000, 0.3, 500, every5s), ...newest], prior);
    expect(medianMs(all)).toBe(medianMs(learnGenerationTime(newest, prior)));
  });

  test("after a change of season only what came after it counts", () => {
    const before = seen(60_000, 0.25, 300, every5s);
    const after = seen(90_000, 0.25, 25, every5s);
    expect(medianMs(learnGenerationTime([...before, ...after], prior))).toBeGreaterThan(80_000);
  });
});

describe("while some still run", () => {
  const durations = typicalDurations(logNormal(60_000, 0.25), 100);
  /** What is known after a minute of a hundred that were submitted together. */
  const burst = durations.map((_, index) => {
    const durationMs = durations[(index * 37) % 100] ?? 0;
    return durationMs < 60_000 ? { afterMs: durationMs - 4_000, atMostMs: durationMs + 1_000 } : stillRunning(60_000);
  });

  test("they are taken to take longer than until now", () => {
    const withThem = medianMs(learnGenerationTime(burst, prior));
    const without = medianMs(
      learnGenerationTime(
        burst.filter(({ atMostMs }) => atMostMs < 70_000),
        prior,
      ),
    );
    expect(without).toBeLessThan(52_000);
    expect(withThem).toBeGreaterThan(55_000);
    expect(withThem).toBeLessThan(65_000);
  });

  test("those of which nothing is known yet change nothing", () => {
    const young = Array.from({ length: 50 }, () => stillRunning(1_000));
    expect(medianMs(learnGenerationTime(young, prior)) / 60_000).toBeCloseTo(1, 1);
  });
});

describe("while samples are few", () => {
  test("one moves the prior a little, and twenty a lot", () => {
    const one = medianMs(learnGenerationTime(seen(30_000, 0.1, 1, every5s), prior));
    const twenty = medianMs(learnGenerationTime(seen(30_000, 0.1, 20, every5s), prior));
    expect(one).toBeLessThan(60_000);
    expect(one).toBeGreaterThan(45_000);
    expect(twenty).toBeLessThan(35_000);
  });

  test("a kind is taken to be like all the others, and less so the more is known of it", () => {
    const anyKind = learnGenerationTime(seen(120_000, 0.2, 200, every5s), prior);
    const own = (count: number) => medianMs(learnGenerationTime(seen(40_000, 0.1, count, every5s), anyKind));
    expect(learnGenerationTime([], anyKind)).toBe(anyKind);
    expect(own(2)).toBeGreaterThan(80_000);
    expect(own(30)).toBeLessThan(45_000);
  });
});

test("a kind is model, resolution, duration and audio, and nothing else of a request", () => {
  expect(requestKind(REQUEST)).toBe("google/veo-3.1-lite-generate-001 P720 8s audio");
  const others = [
    { ...REQUEST, model: "another" },
    { ...REQUEST, resolution: "P1080" as const },
    { ...REQUEST, durationSeconds: 4 as const },
    { ...REQUEST, generateAudio: false },
  ];
  expect(new Set([REQUEST, ...others].map(requestKind)).size).toBe(5);
  const alike = {
    ...REQUEST,
    prompt: "Another",
    imageUrl: "https://example.com/a.png",
    aspectRatio: "PORTRAIT_9_16" as const,
  };
  expect(requestKind(alike)).toBe(requestKind(REQUEST));
});
