import { describe, expect, it } from "vitest";
import { formatAgo, formatLeft, formatUtcDay, formatUtcDayAndYear } from "../src/format/date.ts";
import { durationBetween, formatDuration } from "../src/format/duration.ts";
import { billedWords, retryableWords } from "../src/format/error-words.ts";
import { aspectRatioWords } from "../src/format/input-words.ts";
import { formatCount, formatUsd } from "../src/format/money.ts";

describe("money", () => {
  it.each([
    [0, "$0.00"],
    [0.4, "$0.40"],
    [0.0125, "$0.0125"],
    [0.99995, "$1.00"],
    [0.00004, "<$0.0001"],
    [-0.00004, ">-$0.0001"],
    [1, "$1.00"],
    [12.345, "$12.35"],
    [1_234_567.5, "$1,234,567.50"],
    [-3, "-$3.00"],
  ])("%d is %s", (amount, text) => expect(formatUsd(amount)).toBe(text));

  it("separates thousands in counts", () => expect(formatCount(12_480)).toBe("12,480"));
});

describe("durations", () => {
  it.each([
    [-5, "0 ms"],
    [0, "0 ms"],
    [340, "340 ms"],
    [999.6, "1 s"],
    [1_000, "1 s"],
    [4_249, "4.2 s"],
    [9_949, "9.9 s"],
    [9_960, "10 s"],
    [59_600, "1 min"],
    [72_000, "1 min 12 s"],
    [3_599_600, "1 h"],
    [7_520_000, "2 h 5 min"],
    [86_399_000, "1 d"],
    [273_600_000, "3 d 4 h"],
  ])("%d ms are %s", (ms, text) => expect(formatDuration(ms)).toBe(text));

  it("lie between two moments", () =>
    expect(durationBetween("2026-11-22T09:00:00.000Z", "2026-11-22T09:01:12.000Z")).toBe("1 min 12 s"));
});

describe("dates", () => {
  const now = Date.parse("2026-11-22T12:00:00Z");

  it.each([
    ["2026-11-22T11:59:30Z", "just now"],
    ["2026-11-22T12:00:05Z", "just now"],
    ["2026-11-22T11:58:00Z", "2 minutes ago"],
    ["2026-11-22T09:00:00Z", "3 hours ago"],
    ["2026-11-21T12:00:00Z", "yesterday"],
    ["2026-11-18T12:00:00Z", "4 days ago"],
  ])("%s was %s", (moment, text) => expect(formatAgo(moment, now)).toBe(text));

  it("names the day after a week", () => expect(formatAgo("2026-11-10T12:00:00Z", now)).toMatch(/10 Nov 2026/));

  it.each([
    ["2026-11-22T11:59:00Z", "any moment now"],
    ["2026-11-22T12:00:02Z", "about 5 s left"],
    ["2026-11-22T12:00:38Z", "about 40 s left"],
    ["2026-11-22T12:00:58Z", "about 1 min left"],
    ["2026-11-22T12:02:40Z", "about 3 min left"],
  ])("until %s there is %s", (moment, text) => expect(formatLeft(moment, now)).toBe(text));

  it("tells days in UTC", () => {
    expect(formatUtcDay("2026-11-22T23:59:59Z")).toBe("22 Nov");
    expect(formatUtcDayAndYear("2026-01-01T00:00:00Z")).toBe("1 Jan 2026");
  });
});

describe("words", () => {
  it("says whether a failure is paid for, and whether it may pass", () => {
    expect(billedWords({ billed: null })).toBe("Whether it is charged cannot be known.");
    expect(billedWords({ billed: false })).toBe("It is not charged.");
    expect(billedWords({ billed: true })).toBe("It is charged all the same.");
    expect(retryableWords({ retryable: true })).toMatch(/may succeed/);
    expect(retryableWords({ retryable: false })).toMatch(/fail again/);
  });

  it("says whose choice the shape was", () => {
    expect(aspectRatioWords(null)).toBe("Chosen by the model");
    expect(aspectRatioWords("PORTRAIT_9_16")).toBe("Portrait, 9:16");
  });
});
