import { expect, test } from "vitest";
import { BUILT_IN_VIEWER } from "../../src/index.ts";
import { make, startTestEngine } from "../test-engine.ts";

test("invariant 11: a budget made below what is used already says that nothing is left of it", async () => {
  await using t = await startTestEngine({ carries: false });
  await make(t.engine);
  await t.engine.setBudget(BUILT_IN_VIEWER.project, { kind: "PROJECT", target: null, period: "DAY", limitUsd: 0.1 });
  // Before anybody has counted, and after.
  for (let tries = 0; tries < 2; tries += 1) {
    await expect(make(t.engine)).rejects.toMatchObject({
      code: "BUDGET_EXCEEDED",
      details: { budget: { limitUsd: 0.1, leftUsd: 0 } },
    });
  }
});
