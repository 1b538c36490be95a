import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isNews, received, taken, type WatchState, watchingFrom } from "../../src/client/watch-state.ts";
import { at, completed, versions } from "./client-fixtures.ts";

const after = (state: WatchState, ...videos: Parameters<typeof received>[1][]) => videos.reduce(received, state);

describe("what is news", () => {
  const progressed = (fraction: number) => at(2, 5, { progress: { fraction, estimatedCompletionAt: null } });

  test.each([
    ["anything, to who has seen nothing", null, at(1), true],
    ["a later version", at(1), at(2), true],
    ["a later version, looked at earlier", at(1, 9), at(2, 1), true],
    ["an earlier version, looked at later", at(2), at(1, 9), false],
    ["the same", at(2), at(2), false],
    ["the same version, looked at later", at(2), at(2, 1), true],
    ["the same version, looked at earlier", at(2, 1), at(2), false],
    ["the same version, looked at for the first time", at(2, 0, { lastCheckedAt: null }), at(2), true],
    ["the same version, further on", progressed(0.1), progressed(0.2), true],
    ["the same version, less far", progressed(0.2), progressed(0.1), false],
  ])("%s", (_, seen, video, expected) => {
    expect(isNews(seen, video)).toBe(expected);
  });
});

describe("what is kept for the reader", () => {
  test("every version, and of each the newest state", () => {
    const state = after(watchingFrom(null), at(1), at(1, 1), at(2), at(2, 1), at(2, 2), completed(3));
    expect(state.pending).toEqual([at(1, 1), at(2, 2), completed(3)]);
    expect(state.final).toBe(true);
  });

  test("nothing up to the version that was seen", () => {
    const state = watchingFrom(2);
    expect(received(state, at(1))).toBe(state);
    expect(versions(after(state, at(1), at(3)).pending)).toEqual([3]);
  });

  test("a newer state of a version that was taken", () => {
    const state = taken(after(watchingFrom(null), at(1)));
    expect(after(state, at(1, 1)).pending).toEqual([at(1, 1)]);
  });

  test("nothing after the final version, and not the final one that was seen before", () => {
    const state = after(watchingFrom(null), completed(1));
    expect(received(state, at(2))).toBe(state);
    expect(after(watchingFrom(1), completed(1))).toMatchObject({ pending: [], final: true });
  });
});

test("whatever arrives, in whatever order: versions only rise, and what changes nothing returns the same state", () => {
  const video = fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 0, max: 4 })).map(([v, s]) => at(v, s));
  fc.assert(
    fc.property(fc.array(fc.oneof(video, fc.constant("take" as const))), (steps) => {
      let state = watchingFrom(null);
      for (const step of steps) {
        const before = state;
        state = step === "take" ? taken(state) : received(state, step);
        if (step !== "take" && !isNews(before.seen, step)) expect(state).toBe(before);
        const kept = versions(state.pending);
        expect(kept).toEqual([...new Set(kept)].toSorted((a, b) => a - b));
      }
    }),
  );
});
