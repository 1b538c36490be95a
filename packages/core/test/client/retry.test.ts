import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ReelwireError } from "../../src/client/index.ts";
import { retrying } from "../../src/client/retry.ts";

const backoff = { retries: 3, retryDelayMs: 100, maxRetryDelayMs: 10_000 };

/** A call that fails once, having been told when to come back. */
function limited(retryAfterMs: number) {
  let calls = 0;
  const call = async () => {
    if (++calls > 1) return "done";
    throw new ReelwireError({ code: "RATE_LIMITED", message: "Slower.", retryable: true, retryAfterMs });
  };
  return { call, calls: () => calls };
}

describe("what is told of the time after which to try again", () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
  afterEach(() => void vi.useRealTimers());

  test("is kept to", async () => {
    const { call, calls } = limited(5_000);
    const result = retrying(backoff, undefined, call);
    await vi.advanceTimersByTimeAsync(4_999);
    expect(calls()).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(await result).toBe("done");
  });

  test("does not shorten the wait", async () => {
    const { call, calls } = limited(1);
    const result = retrying(backoff, undefined, call);
    await vi.advanceTimersByTimeAsync(49);
    expect(calls()).toBe(1);
    await vi.advanceTimersByTimeAsync(51);
    expect(await result).toBe("done");
  });

  test("ends the trying where it is longer than the longest wait", async () => {
    const { call, calls } = limited(10_001);
    await expect(retrying(backoff, undefined, call)).rejects.toMatchObject({ retryAfterMs: 10_001 });
    expect(calls()).toBe(1);
  });
});
