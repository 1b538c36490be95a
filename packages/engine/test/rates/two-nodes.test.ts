import { ApiError, parseCreateVideoInput } from "@reelwire/core";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Engine, Viewer } from "../../src/index.ts";
import { type CreationLimits, NO_CREATION_LIMITS } from "../../src/rates/creation-limits.ts";
import { postgresUrl } from "../database/postgres-url.ts";
import { startTestEngine } from "../test-engine.ts";

/** What comes free in a minute comes later than a run takes. */
const few = fc.option(fc.integer({ min: 1, max: 4 }), { freq: 3 });
const anyLimits: fc.Arbitrary<CreationLimits> = fc.record({
  keyCreationsPerMinute: few,
  subjectCreationsPerMinute: few,
  keyUnfinished: few,
  subjectUnfinished: few,
});
const creation = fc.record({
  node: fc.nat(1),
  keyId: fc.constantFrom("a", "b", null),
  subject: fc.constantFrom("x", "y", null),
});

async function accepted(engine: Engine, viewer: Viewer): Promise<boolean> {
  try {
    await engine.createVideo(viewer, parseCreateVideoInput({ prompt: "a boat" }));
    return true;
  } catch (error) {
    if (error instanceof ApiError && error.code === "RATE_LIMITED") return false;
    throw error;
  }
}

/** Least of those that are limits. */
const least = (...limits: (number | null)[]) => Math.min(...limits.map((limit) => limit ?? Number.POSITIVE_INFINITY));

test("whatever comes to two nodes at the same time, no key and no subject passes a limit, nor is refused within it", async () => {
  const databaseUrl = await postgresUrl();
  let run = 0;
  await fc.assert(
    fc.asyncProperty(anyLimits, fc.array(creation, { minLength: 10, maxLength: 40 }), async (creationLimits, asked) => {
      await using t = await startTestEngine({ databaseUrl, creationLimits, carries: false });
      const nodes = [t.engine, await t.open()] as const;
      run += 1;
      const project = `run-${run}`;
      const outcomes = await Promise.all(
        asked.map(async ({ node, keyId, subject }) => ({
          keyId,
          subject,
          isAccepted: await accepted(nodes[node === 0 ? 0 : 1], { project, keyId, subject }),
        })),
      );
      const { keyCreationsPerMinute, subjectCreationsPerMinute, keyUnfinished, subjectUnfinished } = creationLimits;
      const ofKey = least(keyCreationsPerMinute, keyUnfinished);
      const ofSubject = least(subjectCreationsPerMinute, subjectUnfinished);
      const count = (by: "keyId" | "subject", value: string) =>
        outcomes.filter((outcome) => outcome.isAccepted && outcome[by] === value).length;
      for (const keyId of ["a", "b"]) expect(count("keyId", keyId)).toBeLessThanOrEqual(ofKey);
      for (const subject of ["x", "y"]) expect(count("subject", subject)).toBeLessThanOrEqual(ofSubject);
      for (const { keyId, subject, isAccepted } of outcomes) {
        const isKeyFull = keyId !== null && count("keyId", keyId) >= ofKey;
        const isSubjectFull = subject !== null && count("subject", subject) >= ofSubject;
        expect(isAccepted || isKeyFull || isSubjectFull).toBe(true);
      }
    }),
    { numRuns: 12, seed: 4 },
  );
});

test("of a hundred at the same time on two nodes, exactly as many are accepted as may be", async () => {
  const viewer: Viewer = { project: "default", subject: "ada", keyId: "key" };
  for (const limit of ["keyCreationsPerMinute", "subjectCreationsPerMinute", "keyUnfinished", "subjectUnfinished"]) {
    const creationLimits = { ...NO_CREATION_LIMITS, [limit]: 3 };
    await using t = await startTestEngine({ creationLimits, carries: false }, {}, "postgres");
    const nodes = [t.engine, await t.open()] as const;
    const outcomes = await Promise.all(
      Array.from({ length: 100 }, (_, index) => accepted(nodes[index % 2 === 0 ? 0 : 1], viewer)),
    );
    expect(outcomes.filter((isAccepted) => isAccepted)).toHaveLength(3);
    expect(await t.engine.videos(viewer, {}, { limit: 100 })).toHaveLength(3);
  }
});
