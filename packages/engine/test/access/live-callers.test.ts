import { newApiKeyId } from "@reelwire/core";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Caller } from "../../src/access/access.ts";
import { createLiveCallers } from "../../src/access/live-callers.ts";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

const DAY_MS = 86_400_000;

const callerOf = (keyId: string | null, by: Caller["by"], endsInMs: number | null = null): Caller => ({
  viewer: { project: "acme", subject: null, keyId },
  scopes: new Set(),
  by,
  expiresAt: endsInMs === null ? null : new Date(Date.now() + endsInMs),
});

const nobodyRevoked = () => createLiveCallers(() => false);

describe("callers whose rights are watched over", () => {
  test.each([1, 60_000, 30 * DAY_MS, 400 * DAY_MS])(
    "one whose rights last %i ms has them so long, and no longer",
    (ms) => {
      const { ended } = nobodyRevoked().watch(callerOf(newApiKeyId(), "key", ms));
      vi.advanceTimersByTime(ms - 1);
      expect(ended.aborted).toBe(false);
      vi.advanceTimersByTime(1);
      expect(ended.reason).toBe("expired");
    },
  );

  test("rights without an end go on, and those that have ended are over at once", () => {
    const live = nobodyRevoked();
    const forever = live.watch(callerOf(newApiKeyId(), "key"));
    const over = live.watch(callerOf(newApiKeyId(), "key", 0));
    expect(over.ended.reason).toBe("expired");
    vi.advanceTimersByTime(1_000 * DAY_MS);
    expect(forever.ended.aborted).toBe(false);
  });

  test("rights that ended while the machine slept are over when it is looked", () => {
    const live = nobodyRevoked();
    const [ends, stays] = [100_000, 200_000].map((ms) => live.watch(callerOf(newApiKeyId(), "token", ms)));
    vi.setSystemTime(Date.now() + 100_000);
    expect(ends?.ended.aborted).toBe(false);
    live.endExpired();
    expect(ends?.ended.reason).toBe("expired");
    expect(stays?.ended.aborted).toBe(false);
  });

  test("a key that is revoked ends all whose rights come from it, each once, and nobody else's", () => {
    const live = nobodyRevoked();
    const [key, other] = [newApiKeyId(), newApiKeyId()];
    const ended = [0, 0, 0, 0, 0];
    const watch = (index: number, caller: Caller) => {
      const watched = live.watch(caller);
      watched.ended.addEventListener("abort", () => {
        ended[index] = (ended[index] ?? 0) + 1;
        watched.release();
      });
      return watched;
    };
    watch(0, callerOf(key, "key"));
    watch(1, callerOf(key, "token", 60_000));
    watch(2, callerOf(other, "token", 60_000));
    watch(3, callerOf(null, "external", 60_000));
    watch(4, callerOf(key, "key")).release();
    expect(live.keyIds()).toEqual([key, other]);
    live.revokeKey(key);
    live.revokeKey(key);
    expect(ended).toEqual([1, 1, 0, 0, 0]);
    expect(live.keyIds()).toEqual([other]);
    vi.advanceTimersByTime(60_000);
    expect(ended).toEqual([1, 1, 1, 1, 0]);
  });

  test("the first key ends those whom nobody had asked, and not an issuer's", () => {
    const live = nobodyRevoked();
    const watched = [callerOf(null, "open"), callerOf(null, "token", 60_000), callerOf(null, "external", 60_000)].map(
      live.watch,
    );
    live.revokeOpen();
    expect(watched.map(({ ended }) => ended.reason)).toEqual(["revoked", "revoked", undefined]);
  });

  test("one whose rights were revoked before is over at once", () => {
    const key = newApiKeyId();
    const live = createLiveCallers(({ viewer }) => viewer.keyId === key);
    expect(live.watch(callerOf(key, "key")).ended.reason).toBe("revoked");
    expect(live.watch(callerOf(newApiKeyId(), "key")).ended.aborted).toBe(false);
  });

  test("ten thousand have one timer each, and leave none behind", () => {
    const live = nobodyRevoked();
    const key = newApiKeyId();
    const watched = Array.from({ length: 10_000 }, (_, index) => live.watch(callerOf(key, "token", 1_000 + index)));
    expect(vi.getTimerCount()).toBe(10_000);
    for (const { release } of watched.slice(0, 4_000)) release();
    expect(vi.getTimerCount()).toBe(6_000);
    vi.advanceTimersByTime(7_000);
    expect(watched.filter(({ ended }) => ended.aborted)).toHaveLength(2_001);
    live.revokeKey(key);
    expect(watched.filter(({ ended }) => ended.aborted)).toHaveLength(6_000);
    expect(vi.getTimerCount()).toBe(0);
    live.watch(callerOf(key, "token", 1_000));
    live.close();
    expect(vi.getTimerCount()).toBe(0);
  });
});
