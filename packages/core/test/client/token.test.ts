import fc from "fast-check";
import { expect, test } from "vitest";
import { holdToken, untilRenewal } from "../../src/client/asked-tokens.ts";

const NOW = Date.UTC(2026, 10, 24, 9);

const left = (ms: number) => new Date(NOW + ms).toISOString();

test.each([
  ["a minute", 60_000, 48_000, 42_000],
  ["five minutes", 300_000, 270_000, 255_000],
  ["an hour", 3_600_000, 3_570_000, 3_555_000],
])(
  "of %s a fifth, at most half a minute, is left for renewing, and half as much again for not being in step",
  (_, ms, latest, earliest) => {
    expect(untilRenewal(left(ms), NOW, 0)).toBe(latest);
    expect(untilRenewal(left(ms), NOW, 1)).toBe(earliest);
  },
);

test("it is always ahead of the end, and never in the past", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2 ** 31 - 1 }), fc.double({ min: 0, max: 1, noNaN: true }), (ms, random) => {
      const wait = untilRenewal(left(ms), NOW, random) ?? -1;
      expect(wait).toBeGreaterThan(0);
      expect(wait).toBeLessThan(ms);
    }),
  );
});

test.each([
  ["has no end", null],
  ["is not told about", undefined],
  ["has an end that is none", "soon"],
  ["has ended, by this clock", left(0)],
  ["outlasts every timer", left(2 ** 31)],
])("what %s is not renewed", (_, expiresAt) => {
  expect(untilRenewal(expiresAt, NOW, 0.5)).toBeNull();
});

test("a token is used until it is due, and another in its place from then on", async () => {
  let asked = 0;
  const tokens = holdToken(() => `t${++asked}`, 1_000);
  const first = tokens.get();
  expect(tokens.get()).toBe(first);
  tokens.useUntil(first, Date.now() + 3_600_000);
  expect(await tokens.get()).toBe("t1");
  tokens.useUntil(first, Date.now());
  const second = tokens.get();
  expect(await second).toBe("t2");
  // What is said of one that was exchanged is of no concern to the other.
  tokens.useUntil(first, 0);
  tokens.useUntil(first);
  expect(tokens.get()).toBe(second);
});
