import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type ProgressingVideo, progressAsTold, progressAt } from "../src/progress-state.ts";
import { statusWords, timeLeftWords } from "../src/status-words.ts";
import { someVideo } from "./some-video.ts";

const T0 = Date.parse("2026-11-22T09:00:00.000Z");
const in60s = new Date(T0 + 60_000).toISOString();
const half = someVideo({ progress: { fraction: 0.5, estimatedCompletionAt: in60s } });

describe("the estimate between two looks at the upstream", () => {
  test("is what was told, before there is a time to go by", () => {
    expect(progressAsTold(half)).toMatchObject({ fraction: 0.5, leftMs: null });
  });

  test("goes on evenly to the end that was told, and waits shortly before it", () => {
    const at0 = progressAt(progressAsTold(half), half, T0);
    expect(at0).toMatchObject({ fraction: 0.5, leftMs: 60_000 });
    const at30 = progressAt(at0, half, T0 + 30_000);
    expect(at30).toMatchObject({ fraction: 0.75, leftMs: 30_000 });
    expect(progressAt(at30, half, T0 + 90_000)).toMatchObject({ fraction: 0.99, leftMs: 0 });
  });

  test("goes on from what was shown when it is told anew, and not backwards", () => {
    const at30 = progressAt(progressAt(progressAsTold(half), half, T0), half, T0 + 30_000);
    const later = someVideo({
      progress: { fraction: 0.6, estimatedCompletionAt: new Date(T0 + 90_000).toISOString() },
    });
    const told = progressAt(at30, later, T0 + 30_000);
    expect(told).toMatchObject({ fraction: 0.75, leftMs: 60_000 });
    expect(progressAt(told, later, T0 + 60_000).fraction).toBeCloseTo(0.875);
  });

  test("begins anew with another video", () => {
    const at30 = progressAt(progressAt(progressAsTold(half), half, T0), half, T0 + 30_000);
    const other = someVideo({ id: "video_other", progress: { fraction: 0.1, estimatedCompletionAt: in60s } });
    expect(progressAt(at30, other, T0 + 30_000).fraction).toBeCloseTo(0.1);
  });

  test("is all only when completed", () => {
    const done = someVideo({ status: "COMPLETED", progress: { fraction: 1, estimatedCompletionAt: null } });
    expect(progressAt(progressAt(progressAsTold(half), half, T0), done, T0)).toMatchObject({ fraction: 1, leftMs: 0 });
  });

  test.each<[string, ProgressingVideo | null]>([
    ["no video yet", null],
    ["a failed one", someVideo({ status: "FAILED", progress: null })],
    ["one that waits", someVideo({ status: "ACCEPTED", waitingReason: "RATE_LIMITED" })],
    ["one that may not have been sent", someVideo({ status: "UNCONFIRMED" })],
  ])("is not known of %s", (_, video) => {
    expect(progressAt(progressAsTold(video), video, T0)).toMatchObject({ fraction: null, leftMs: null });
  });

  test("stays where it is when the end that was told has passed, as by a clock that is wrong", () => {
    const told = progressAt(progressAsTold(half), half, T0 + 3_600_000);
    expect(progressAt(told, half, T0 + 3_700_000)).toMatchObject({ fraction: 0.5, leftMs: 0 });
  });

  test("whatever is told and whatever the time: never backwards, and below 1 until completed", () => {
    const step = fc.record({
      fraction: fc.double({ min: 0, max: 1, noNaN: true }),
      endsInMs: fc.option(fc.integer({ min: -100_000, max: 100_000 })),
      passesMs: fc.integer({ min: 0, max: 20_000 }),
    });
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        let now = T0;
        let state = progressAsTold(half);
        for (const { fraction, endsInMs, passesMs } of steps) {
          now += passesMs;
          const estimatedCompletionAt = endsInMs === null ? null : new Date(now + endsInMs).toISOString();
          const video = someVideo({ progress: { fraction, estimatedCompletionAt } });
          for (const at of [now, now + passesMs]) {
            const next = progressAt(state, video, at);
            expect(next.fraction).toBeGreaterThanOrEqual(state.fraction ?? 0);
            expect(next.fraction).toBeLessThan(1);
            state = next;
          }
        }
      }),
    );
  });
});

test.each([
  [0, "any moment now, an estimate"],
  [4_200, "a few seconds left, an estimate"],
  [38_100, "about 40 seconds left, an estimate"],
  [90_000, "about 90 seconds left, an estimate"],
  [130_000, "about 2 minutes left, an estimate"],
])("%d ms are: %s", (leftMs, words) => {
  expect(timeLeftWords(leftMs)).toBe(words);
});

test("a status is in words", () => {
  expect(statusWords(someVideo())).toBe("Being made");
  expect(statusWords(someVideo({ status: "ACCEPTED", waitingReason: "CAPACITY_LIMITED" }))).toBe(
    "Waiting for its turn",
  );
});
