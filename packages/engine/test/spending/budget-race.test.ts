import { ApiError, type CreateVideoInput, newApiKeyId, parseCreateVideoInput } from "@reelwire/core";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { EngineDatabase } from "../../src/database/database.ts";
import type { EngineSchema } from "../../src/database/schema.ts";
import { BUILT_IN_VIEWER, type Engine, type NewBudget, type StoredVideo, type Viewer } from "../../src/index.ts";
import { toMicros } from "../../src/spending/micro-dollars.ts";
import { cutConnections } from "../database/postgres-url.ts";
import { engineDatabaseAt } from "../stored-video.ts";
import { finished, startTestEngine } from "../test-engine.ts";
import { type Amounts, amounts, assertCounted, fallsUnder, usedOf } from "./counted.ts";

const PROJECT = BUILT_IN_VIEWER.project;
const KEYS = [newApiKeyId(), newApiKeyId()];
const SUBJECTS = ["ada", "bob", "cleo"];

/** What becomes of a video, in its prompt, and what that costs. */
const ends = [
  "",
  "[fault:generation-error]",
  "[fault:invalid-body]",
  "[fault:lost-after-accepting]",
  "[fault:status/unavailable*2]",
];

interface Asked {
  node: number;
  viewer: Viewer;
  input: CreateVideoInput;
  /** Whether it is canceled as soon as it can be carried. */
  isCanceled: boolean;
}

const asked: fc.Arbitrary<Asked> = fc.record({
  node: fc.nat({ max: 1 }),
  viewer: fc.record({
    project: fc.constant(PROJECT),
    keyId: fc.constantFrom(null, ...KEYS),
    subject: fc.constantFrom(null, ...SUBJECTS),
  }),
  input: fc.record({
    prompt: fc.constantFrom(...ends).map((fault) => `a boat ${fault}`),
    resolution: fc.constantFrom("P720" as const, "P1080" as const),
    durationSeconds: fc.constantFrom(4 as const, 6 as const, 8 as const),
  }),
  isCanceled: fc.boolean(),
});

const target = fc.oneof(
  fc.constant({ kind: "PROJECT" as const, target: null }),
  fc.record({ kind: fc.constant("KEY" as const), target: fc.constantFrom(null, ...KEYS) }),
  fc.record({ kind: fc.constant("SUBJECT" as const), target: fc.constantFrom(null, ...SUBJECTS) }),
);
// A hundred videos would cost about 50 dollars.
const limit = fc.integer({ min: 1_000_000, max: 25_000_000 }).map((micros) => micros / 1_000_000);
const budget: fc.Arbitrary<NewBudget> = fc
  .tuple(target, fc.constantFrom("DAY" as const, "MONTH" as const), limit)
  .map(([of, period, limitUsd]) => ({ ...of, period, limitUsd }));

interface Race {
  budgets: NewBudget[];
  asked: Asked[];
  /** Whether every connection to the database is cut in the middle of it. */
  isCut: boolean;
}

/** The columns that a viewer's video would have. */
const columnsOf = ({ project, subject, keyId }: Viewer) => ({ project, subject: subject ?? "", key_id: keyId });

/** Asserts that no budget is passed. */
function assertWithin(videos: readonly Amounts[], budgets: readonly NewBudget[]): void {
  for (const { limitUsd, ...of } of budgets) {
    const targets = of.kind === "PROJECT" || of.target !== null ? [of.target] : of.kind === "KEY" ? KEYS : SUBJECTS;
    for (const target of targets) {
      for (const { created_at } of videos) {
        expect(usedOf(videos, { project: PROJECT, ...of, target }, created_at)).toBeLessThanOrEqual(toMicros(limitUsd));
      }
    }
  }
}

/** Asserts that a video was refused because a budget had no room for it, nor has now. */
function assertNoRoom(
  error: unknown,
  { viewer, input }: Asked,
  videos: readonly Amounts[],
  budgets: readonly NewBudget[],
) {
  if (!(error instanceof ApiError)) throw error;
  expect(error.code).toBe("BUDGET_EXCEEDED");
  const { budget: exceeded } = error.details;
  const priceMicros = priceOf(input);
  const now = new Date();
  const full = budgets.filter(({ limitUsd, ...of }) => {
    const video = columnsOf(viewer);
    if (!fallsUnder(video, { project: PROJECT, ...of })) return false;
    const own = { PROJECT: null, KEY: viewer.keyId, SUBJECT: viewer.subject }[of.kind];
    return usedOf(videos, { project: PROJECT, ...of, target: own }, now) + priceMicros > toMicros(limitUsd);
  });
  expect(full).toContainEqual(expect.objectContaining({ kind: exceeded?.kind, period: exceeded?.period }));
  const isToKnow = viewer.subject === null || exceeded?.kind === "SUBJECT";
  if (isToKnow) expect(toMicros(exceeded?.leftUsd ?? Number.NaN)).toBeLessThan(priceMicros);
  else expect(exceeded).toMatchObject({ limitUsd: null, leftUsd: null });
}

/** By the emulator's catalogue, in millionths of a dollar. */
function priceOf({ resolution, durationSeconds }: CreateVideoInput): number {
  return toMicros((resolution === "P720" ? 0.065 : 0.104) * (durationSeconds ?? 8));
}

async function ask(engine: Engine, { viewer, input }: Asked): Promise<StoredVideo> {
  return (await engine.createVideo(viewer, parseCreateVideoInput(input))).video;
}

/** Asks for all at once, and says which were made, and why the others were not. */
async function askForAll(engines: readonly Engine[], all: readonly Asked[]) {
  const made: { asked: Asked; id: string }[] = [];
  const refused: { asked: Asked; error: unknown }[] = [];
  await Promise.all(
    all.map(async (one) => {
      const engine = engines[one.node];
      if (engine === undefined) throw new Error("no such node");
      await ask(engine, one).then(
        ({ id }) => made.push({ asked: one, id }),
        (error: unknown) => refused.push({ asked: one, error }),
      );
    }),
  );
  return { made, refused };
}

async function race({ budgets: given, asked: all, isCut }: Race): Promise<void> {
  await using t = await startTestEngine({ carries: false }, { durationMs: 50 }, "postgres");
  const url = t.databaseUrl ?? "";
  const db: EngineDatabase<EngineSchema> = await engineDatabaseAt(url);
  const engines = [t.engine, await t.open()];
  for (const one of given) await t.engine.setBudget(PROJECT, one);
  // One that was set twice is the last.
  const budgets = (await t.engine.budgets(PROJECT)).map(({ kind, target, period, limitUsd }) => ({
    ...{ kind, target, period, limitUsd },
  }));

  // Nothing is carried yet, so nothing is released, and what had no room then has none now.
  const asking = askForAll(engines, all);
  if (isCut) await cutConnections(url);
  const { made, refused } = await asking;
  let videos = await amounts(db.kysely);
  expect(videos).toHaveLength(made.length);
  expect(made.length + refused.length).toBe(all.length);
  assertWithin(videos, budgets);
  for (const { asked, error } of refused) assertNoRoom(error, asked, videos, budgets);
  await assertCounted(db.kysely);
  const heldMicros = made.reduce((sum, { asked }) => sum + priceOf(asked.input), 0);
  expect(videos.reduce((sum, video) => sum + video.held_micros, 0)).toBe(heldMicros);

  // Some are canceled, sent or not, while all are carried.
  const carrying = await t.open({ carries: true });
  await Promise.all(
    made.map(async ({ asked, id }) => {
      if (asked.isCanceled) await carrying.cancelVideo(asked.viewer, id).catch(assertIsFinished);
      await finished(carrying, id);
    }),
  );
  videos = await amounts(db.kysely);
  assertWithin(videos, budgets);
  await assertCounted(db.kysely);

  // What was released has room for others, and not for more.
  const again = await askForAll(engines, all);
  videos = await amounts(db.kysely);
  expect(videos).toHaveLength(made.length + again.made.length);
  assertWithin(videos, budgets);
  await assertCounted(db.kysely);
}

function assertIsFinished(error: unknown): void {
  expect(error).toMatchObject({ code: "VIDEO_ALREADY_FINISHED" });
}

test.each(
  fc.sample(
    fc.record({
      budgets: fc.array(budget, { minLength: 1, maxLength: 5 }),
      asked: fc.array(asked, { minLength: 100, maxLength: 100, size: "max" }),
      isCut: fc.boolean(),
    }),
    { seed: 4, numRuns: 6 },
  ),
)("invariant 11: a hundred at once on two nodes pass no budget, and leave no room in any (%#)", async (one) => {
  await race(one);
});
