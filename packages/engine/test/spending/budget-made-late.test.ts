import { expect, test } from "vitest";
import { BUILT_IN_VIEWER, type Viewer } from "../../src/index.ts";
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

test("invariant 9: who acts for a subject is not told what others have left", async () => {
  await using t = await startTestEngine({ carries: false });
  const ada: Viewer = { ...BUILT_IN_VIEWER, subject: "ada" };
  const { project } = BUILT_IN_VIEWER;
  await t.engine.setBudget(project, { kind: "PROJECT", target: null, period: "DAY", limitUsd: 0.1 });
  await expect(make(t.engine, {}, ada)).rejects.toMatchObject({
    message: expect.stringMatching(
      /^The video would cost \$\d\.\d\d, and less than that is left of the project's budget for the day, which renews at [\dT:.-]+Z\. Nothing was made\.$/,
    ),
    details: { budget: { kind: "PROJECT", period: "DAY", limitUsd: null, leftUsd: null } },
  });
  await t.engine.setBudget(project, { kind: "SUBJECT", target: null, period: "DAY", limitUsd: 0.05 });
  await expect(make(t.engine, {}, ada)).rejects.toMatchObject({
    details: { budget: { kind: "SUBJECT", limitUsd: 0.05, leftUsd: 0.05 } },
  });
});
