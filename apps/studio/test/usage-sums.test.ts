import type { Usage } from "@reelwire/react";
import { csvParse } from "d3-dsv";
import { describe, expect, it } from "vitest";
import { usageCsv, usageFileName } from "../src/usage/usage-csv.ts";
import { rangeOf, rangeProblem, readUsageChoice, toMoments, usageAddress } from "../src/usage/usage-range.ts";
import { sumByDay, sumByModel, totalOf } from "../src/usage/usage-sums.ts";

const row = (day: string, model: string, parts: Partial<Usage> = {}): Usage => ({
  day: `${day}T00:00:00.000Z`,
  model,
  keyId: null,
  subject: null,
  videos: 2,
  completed: 1,
  seconds: 8,
  spentUsd: 0.1,
  heldUsd: 0.2,
  ...parts,
});

const ROWS = [row("2026-11-03", "b"), row("2026-11-01", "b"), row("2026-11-01", "a", { spentUsd: 0.2 })];

describe("ranges", () => {
  const now = Date.parse("2026-11-22T23:30:00Z");

  it("end today, in UTC", () => expect(rangeOf({ days: 7 }, now)).toEqual({ from: "2026-11-16", to: "2026-11-22" }));

  it("are asked for from midnight until before midnight", () =>
    expect(toMoments({ from: "2026-10-31", to: "2026-10-31" })).toEqual({
      from: "2026-10-31T00:00:00.000Z",
      to: "2026-11-01T00:00:00.000Z",
    }));

  it("stand in the address, and come back from it", () => {
    for (const choice of [{ days: 90 } as const, { from: "2026-01-01", to: "2026-02-01" }]) {
      expect(readUsageChoice(new URL(usageAddress(choice), "http://studio").search)).toEqual(choice);
    }
  });

  it.each(["", "?days=8", "?from=2026-02-30&to=2026-03-01", "?from=2026-02-02&to=2026-02-01"])(
    "are 30 days where the address says %s",
    (search) => expect(readUsageChoice(search)).toEqual({ days: 30 }),
  );

  it("say what is wrong with them", () => {
    expect(rangeProblem({ from: "", to: "2026-01-01" })).toBe("Give both days.");
    expect(rangeProblem({ from: "2026-01-02", to: "2026-01-01" })).toBe("The first day comes after the last.");
    expect(rangeProblem({ from: "2025-01-01", to: "2026-01-02" })).toBe("At most 366 days at a time.");
    expect(rangeProblem({ from: "2025-01-01", to: "2026-01-01" })).toBeNull();
  });
});

describe("sums", () => {
  it("are there for each day, those without videos too", () => {
    const days = sumByDay(ROWS, { from: "2026-11-01", to: "2026-11-03" });
    expect(days.map(({ name, videos, spentUsd }) => [name, videos, spentUsd])).toEqual([
      ["2026-11-01", 4, 0.3],
      ["2026-11-02", 0, 0],
      ["2026-11-03", 2, 0.1],
    ]);
  });

  it("have the dearest model first, and are exact", () => {
    expect(sumByModel(ROWS).map(({ name, spentUsd, heldUsd }) => [name, spentUsd, heldUsd])).toEqual([
      ["b", 0.2, 0.4],
      ["a", 0.2, 0.2],
    ]);
    expect(totalOf(ROWS)).toEqual({ videos: 6, completed: 3, seconds: 24, spentUsd: 0.4, heldUsd: 0.6 });
    expect(totalOf([])).toEqual({ videos: 0, completed: 0, seconds: 0, spentUsd: 0, heldUsd: 0 });
  });
});

describe("the CSV", () => {
  it("is RFC 4180 with a header, sorted by day and model", () =>
    expect(usageCsv(ROWS)).toBe(
      "day,model,videos,completed,seconds,spent_usd,held_usd\r\n" +
        "2026-11-01,a,2,1,8,0.2,0.2\r\n" +
        "2026-11-01,b,2,1,8,0.1,0.2\r\n" +
        "2026-11-03,b,2,1,8,0.1,0.2\r\n",
    ));

  it.each(["=1+1", "+1", "-1", "@sum", "\tx", "\rx"])("has no formula where a model is called %j", (model) =>
    expect(csvParse<"model">(usageCsv([row("2026-11-01", model)]))[0]?.model).toBe(`'${model}`),
  );

  it("quotes what has to be", () => {
    const model = 'of "two", one\nother';
    expect(usageCsv([row("2026-11-01", model)])).toContain('"of ""two"", one\nother"');
    expect(csvParse<"model">(usageCsv([row("2026-11-01", model)]))[0]?.model).toBe(model);
  });

  it("is named for its days", () =>
    expect(usageFileName({ from: "2026-11-01", to: "2026-11-22" })).toBe(
      "reelwire-usage-2026-11-01-to-2026-11-22.csv",
    ));
});
