import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createPace, type Pace } from "../../src/client/pace.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] }));
afterEach(() => void vi.useRealTimers());

const { signal } = new AbortController();

/** Whether it may be tried, as it is found out. */
function resting(pace: Pace) {
  const state = { rested: false };
  pace.rested(signal).then(() => {
    state.rested = true;
  });
  return state;
}

test("what fails rests the longer the more often it does, until something works", async () => {
  const pace = createPace({ retryDelayMs: 100, maxRetryDelayMs: 300 });
  for (const [atLeastMs, atMostMs] of [
    [50, 100],
    [100, 200],
    [150, 300],
    [150, 300],
  ] as const) {
    pace.failed(0);
    const state = resting(pace);
    await vi.advanceTimersByTimeAsync(atLeastMs - 1);
    expect(state.rested).toBe(false);
    await vi.advanceTimersByTimeAsync(atMostMs - atLeastMs + 1);
    expect(state.rested).toBe(true);
  }
  pace.works();
  pace.failed(0);
  const state = resting(pace);
  await vi.advanceTimersByTimeAsync(100);
  expect(state.rested).toBe(true);
});

test("what fails together counts once, and all may be tried at the same time", async () => {
  const pace = createPace({ retryDelayMs: 100, maxRetryDelayMs: 100_000 });
  const all = Array.from({ length: 10 }, () => {
    pace.failed(0);
    return resting(pace);
  });
  await vi.advanceTimersByTimeAsync(49);
  expect(all.some(({ rested }) => rested)).toBe(false);
  await vi.advanceTimersByTimeAsync(51);
  expect(all.every(({ rested }) => rested)).toBe(true);
});

test("what the gateway says of when to try again is kept to, also by what wakes up", async () => {
  const pace = createPace({ retryDelayMs: 100, maxRetryDelayMs: 100_000 });
  pace.failed(5_000);
  const state = resting(pace);
  await vi.advanceTimersByTimeAsync(4_999);
  pace.wake();
  await vi.advanceTimersByTimeAsync(0);
  expect(state.rested).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  expect(state.rested).toBe(true);
});

test("what wakes up is tried at once", async () => {
  const pace = createPace({ retryDelayMs: 3_600_000, maxRetryDelayMs: 3_600_000 });
  pace.failed(0);
  const state = resting(pace);
  pace.wake();
  await vi.advanceTimersByTimeAsync(0);
  expect(state.rested).toBe(true);
  expect(vi.getTimerCount()).toBe(0);
});

test("who leaves leaves no timer, and rejects with the reason", async () => {
  const pace = createPace({ retryDelayMs: 3_600_000, maxRetryDelayMs: 3_600_000 });
  const leaving = new AbortController();
  pace.failed(0);
  const rested = pace.rested(leaving.signal);
  leaving.abort(new Error("Enough."));
  await expect(rested).rejects.toThrow("Enough.");
  expect(vi.getTimerCount()).toBe(0);
});
