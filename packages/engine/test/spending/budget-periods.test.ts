import { describe, expect, test } from "vitest";
import { periodAt } from "../../src/spending/budget-periods.ts";

const period = (name: "DAY" | "MONTH", at: string) => {
  const { beginsAt, endsAt } = periodAt(name, new Date(at));
  return [beginsAt.toISOString(), endsAt.toISOString()];
};

describe("the period that a time falls into", () => {
  test.each([
    ["2026-11-24T00:00:00.000Z", "2026-11-24T00:00:00.000Z", "2026-11-25T00:00:00.000Z"],
    ["2026-11-24T23:59:59.999Z", "2026-11-24T00:00:00.000Z", "2026-11-25T00:00:00.000Z"],
    ["2026-11-30T12:00:00.000Z", "2026-11-30T00:00:00.000Z", "2026-12-01T00:00:00.000Z"],
    ["2026-12-31T23:00:00.000-02:00", "2027-01-01T00:00:00.000Z", "2027-01-02T00:00:00.000Z"],
    ["2028-02-28T12:00:00.000Z", "2028-02-28T00:00:00.000Z", "2028-02-29T00:00:00.000Z"],
  ])("is a day in UTC: %s", (at, begins, ends) => {
    expect(period("DAY", at)).toEqual([begins, ends]);
  });

  test.each([
    ["2026-11-01T00:00:00.000Z", "2026-11-01T00:00:00.000Z", "2026-12-01T00:00:00.000Z"],
    ["2026-11-30T23:59:59.999Z", "2026-11-01T00:00:00.000Z", "2026-12-01T00:00:00.000Z"],
    ["2026-12-31T23:59:59.999Z", "2026-12-01T00:00:00.000Z", "2027-01-01T00:00:00.000Z"],
  ])("is a month in UTC: %s", (at, begins, ends) => {
    expect(period("MONTH", at)).toEqual([begins, ends]);
  });
});
