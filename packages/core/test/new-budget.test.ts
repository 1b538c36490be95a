import { expect, test } from "vitest";
import { ApiError } from "../src/api-error.ts";
import { newApiKeyId } from "../src/api-key-id.ts";
import { newBudgetId } from "../src/budget-id.ts";
import { parseNewBudget } from "../src/new-budget.ts";

const budget = { kind: "SUBJECT", target: null, period: "DAY", limitUsd: 10 };

/** Where the problems of an input are. */
function wrong(input: unknown): string[] {
  try {
    parseNewBudget(input);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    expect(error.code).toBe("BAD_INPUT");
    return error.issues.map(({ path }) => path.join("."));
  }
  return [];
}

test.each([
  budget,
  { ...budget, target: "user-4711" },
  { ...budget, period: "MONTH", limitUsd: 0 },
  { ...budget, kind: "PROJECT", limitUsd: 1_000_000 },
  { ...budget, kind: "KEY", limitUsd: 0.000001 },
  { ...budget, kind: "KEY", target: newApiKeyId() },
])("is taken as it is: %j", (input) => {
  expect(parseNewBudget(input)).toEqual(input);
});

test.each<[input: unknown, paths: string[]]>([
  [{ ...budget, kind: "VIDEO" }, ["kind"]],
  [{ ...budget, period: "WEEK" }, ["period"]],
  [{ ...budget, limitUsd: -0.01 }, ["limitUsd"]],
  [{ ...budget, limitUsd: 1_000_000.01 }, ["limitUsd"]],
  [{ ...budget, limitUsd: Number.NaN }, ["limitUsd"]],
  [{ ...budget, limitUsd: Number.POSITIVE_INFINITY }, ["limitUsd"]],
  [{ ...budget, target: "" }, ["target"]],
  [{ ...budget, target: "a".repeat(256) }, ["target"]],
  [{ ...budget, target: "a\0" }, ["target"]],
  [{ ...budget, target: undefined }, ["target"]],
  [{ ...budget, kind: "PROJECT", target: "default" }, ["target"]],
  [{ ...budget, kind: "KEY", target: "the name of a key" }, ["target"]],
  [{ kind: 1, target: 2, period: 3, limitUsd: "4" }, ["kind", "target", "period", "limitUsd"]],
  [null, [""]],
])("is refused, with every problem: %j", (input, paths) => {
  expect(wrong(input)).toEqual(paths);
});

test("an id says what it is of", () => {
  expect(newBudgetId()).toMatch(/^budget_[0-9a-hjkmnp-tv-z]{26}$/);
});
