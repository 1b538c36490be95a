import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { estimateProgress, TYPICAL_GENERATION_MS } from "../src/progress.ts";
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

  test.each(["QUEUED", "GENERATING"] as const)("half of it in half of the time while %s", (status) => {
    expect(estimateProgress(VIDEOS[status], at(TYPICAL_GENERATION_MS / 2))).toEqual({
      fraction: 0.5,
      estimatedCompletionAt: at(TYPICAL_GENERATION_MS),
    });
    expect(estimateProgress(VIDEOS[status], at(5_000), 10_000)?.fraction).toBe(0.5);
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
        let last = 0;
        for (const ms of times.toSorted((a, b) => a - b)) {
          const progress = estimateProgress(VIDEOS[status], at(ms), typical);
          if (progress === null) continue;
          expect(progress.fraction).toBeGreaterThanOrEqual(last);
          expect(progress.fraction).toBeLessThanOrEqual(status === "COMPLETED" ? 1 : 0.99);
          last = progress.fraction;
          if (progress.estimatedCompletionAt !== null) {
            expect(progress.estimatedCompletionAt.getTime()).toBeGreaterThanOrEqual(at(ms).getTime());
          }
        }
      },
    ),
  );
});
