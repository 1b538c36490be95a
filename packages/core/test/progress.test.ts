import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { priorGenerationTime, TYPICAL_GENERATION_MS } from "../src/generation-time.ts";
import { estimateProgress } from "../src/progress.ts";
import { VIDEO_STATUSES } from "../src/video.ts";
import { THEN, VIDEOS } from "./video-fixtures.ts";

const at = (ms: number) => new Date(THEN.getTime() + ms);

describe("by status", () => {
  test("1 and no time when completed", () => {
    expect(estimateProgress(VIDEOS.COMPLETED, at(0))).toEqual({ fraction: 1, estimatedCompletionAt: null });
  });

  test.each(["FAILED", "CANCELED"] as const)("null when %s", (status) => {
    expect(estimateProgress(VIDEOS[status], at(0))).toBeNull();
  });

  test.each(["ACCEPTED", "SUBMITTING", "UNCONFIRMED"] as const)("0 while %s, however long", (status) => {
    expect(estimateProgress(VIDEOS[status], at(3_600_000))?.fraction).toBe(0);
  });

  test.each(["QUEUED", "GENERATING"] as const)("about half of it in half of the time while %s", (status) => {
    const progress = estimateProgress(VIDEOS[status], at(TYPICAL_GENERATION_MS / 2));
    expect(progress?.fraction).toBeCloseTo(0.5, 1);
    // One in twelve has ended by then: those that have not take a little longer.
    expect(progress?.estimatedCompletionAt?.getTime()).toBeGreaterThan(at(TYPICAL_GENERATION_MS).getTime());
    expect(progress?.estimatedCompletionAt?.getTime()).toBeLessThan(at(66_000).getTime());
    expect(estimateProgress(VIDEOS[status], at(5_000), priorGenerationTime(10_000))?.fraction).toBeCloseTo(0.5, 1);
  });

  test("from the beginning while the upstream's clock is behind", () => {
    const { fraction, estimatedCompletionAt } = estimateProgress(VIDEOS.QUEUED, at(-5_000)) ?? {};
    expect(fraction).toBe(0);
    expect(estimatedCompletionAt?.getTime()).toBeGreaterThan(at(50_000).getTime());
  });
});

test("it never runs backwards, is below 1 until completed, and never ends in the past", () => {
  const times = fc.array(fc.integer({ min: -60_000, max: 1e10 }), { minLength: 2 });
  fc.assert(
    fc.property(
      times,
      fc.constantFrom(...VIDEO_STATUSES),
      fc.integer({ min: 1, max: 1e7 }),
      (times, status, typical) => {
        const generationTime = priorGenerationTime(typical);
        let last = 0;
        for (const ms of times.toSorted((a, b) => a - b)) {
          const progress = estimateProgress(VIDEOS[status], at(ms), generationTime);
          if (progress === null) continue;
          expect(progress.fraction).toBeGreaterThanOrEqual(last);
          expect(progress.fraction).toBeLessThanOrEqual(status === "COMPLETED" ? 1 : 0.99);
          last = progress.fraction;
          if (progress.estimatedCompletionAt !== null) {
            expect(progress.estimatedCompletionAt.getTime()).toBeGreaterThan(at(ms).getTime());
          }
        }
      },
    ),
  );
});
