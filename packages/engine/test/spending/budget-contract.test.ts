import { randomUUID } from "node:crypto";
import { newApiKeyId, newBudgetId, type VideoError, type VideoEvent } from "@reelwire/core";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { EngineDatabase } from "../../src/database/database.ts";
import type { EngineSchema } from "../../src/database/schema.ts";
import { silentLogger } from "../../src/logger.ts";
import { changeBudgets, listBudgets, removeBudget, setBudget } from "../../src/spending/budgets.ts";
import { checkCounters } from "../../src/spending/check-counters.ts";
import { settleCharge } from "../../src/spending/settle.ts";
import type { NewBudget } from "../../src/spending/spending.ts";
import { type StoredVideo, videoUuid } from "../../src/video-row.ts";
import type { Viewer } from "../../src/viewer.ts";
import { DATABASE_KINDS } from "../database/temporary-database.ts";
import {
  acceptedVideo,
  apply,
  happyEvents,
  type SharedDatabase,
  sharedDatabase,
  submitStarted,
} from "../stored-video.ts";
import { accept, acceptWithin, assertCounted } from "./counted.ts";

/** Somebody in a project of one test alone. */
const somebody = (more: Partial<Viewer> = {}): Viewer => ({
  project: randomUUID(),
  subject: null,
  keyId: null,
  ...more,
});

const budget = (more: Partial<NewBudget> = {}): NewBudget => ({
  kind: "PROJECT",
  target: null,
  period: "DAY",
  limitUsd: 1,
  ...more,
});

const generation = { id: "g", url: "http://127.0.0.1/file.mp4", error: null };
const completed = (usdSpent: number): VideoEvent => ({
  type: "polled",
  generation: { ...generation, status: "completed", usage: { creditsUsed: usdSpent * 2_000_000, usdSpent } },
});
const failure = (billed: boolean | null): VideoError => ({
  code: "GENERATION_FAILED",
  message: "",
  retryable: false,
  billed,
});
const underWay = happyEvents.slice(0, 3);

describe.each(DATABASE_KINDS)("invariant 11: a budget on %s", (kind) => {
  let shared: SharedDatabase;
  beforeAll(async () => {
    shared = await sharedDatabase(kind);
  });
  afterAll(async () => {
    // Of everything that happened here.
    expect(await assertCounted(shared.db.kysely)).toBeGreaterThan(10);
    await shared.close();
  });
  const db = (): EngineDatabase<EngineSchema> => shared.db;
  const set = (viewer: Viewer, given: Partial<NewBudget> = {}) => setBudget(db(), viewer.project, budget(given));
  const used = async ({ project }: Viewer) => (await listBudgets(db().kysely, project)).map(({ usedUsd }) => usedUsd);
  const play = async (video: StoredVideo, events: readonly VideoEvent[]) => {
    let now = video;
    for (const event of events) now = await apply(db().kysely, now, event);
    return now;
  };

  describe("of a target", () => {
    test("is held by videos, to the last millionth, and refuses the one that would pass it", async () => {
      const viewer = somebody();
      await set(viewer, { limitUsd: 0.3 });
      // 0.1 + 0.2 is more than 0.3 by floating point.
      for (const usd of [0.1, 0.2]) await accept(db(), viewer, usd);
      expect(await used(viewer)).toEqual([0.3]);
      await expect(accept(db(), viewer, 0.000001)).rejects.toMatchObject({
        code: "BUDGET_EXCEEDED",
        details: { budget: { kind: "PROJECT", period: "DAY", limitUsd: 0.3, leftUsd: 0 } },
      });
      await accept(db(), viewer, 0);
      expect(await used(viewer)).toEqual([0.3]);
    });

    test("what would cost an unknown price is refused, where there is a budget", async () => {
      const viewer = somebody();
      await accept(db(), viewer, null);
      await set(viewer);
      await expect(accept(db(), viewer, null)).rejects.toMatchObject({ code: "PRICE_UNKNOWN" });
    });

    test("refuses with what is left of the tightest, and when that renews", async () => {
      const viewer = somebody({ subject: "ada" });
      await set(viewer, { limitUsd: 2 });
      await set(viewer, { kind: "SUBJECT", period: "MONTH", limitUsd: 1 });
      await set(viewer, { kind: "SUBJECT", limitUsd: 1 });
      const createdAt = new Date("2026-06-15T12:00:00Z");
      await accept(db(), viewer, 0.75, { createdAt });
      const error = await accept(db(), viewer, 1.5, { createdAt }).catch((refused: unknown) => refused);
      const renewsAt = new Date("2026-07-01T00:00:00Z");
      expect(error).toMatchObject({
        message: `The video would cost $1.50, and $0.25 is left of the subject's budget of $1.00 for the month, which renews at ${renewsAt.toISOString()}. Nothing was made.`,
        details: { budget: { kind: "SUBJECT", period: "MONTH", limitUsd: 1, leftUsd: 0.25, renewsAt } },
      });
    });

    test("is the project's, or each key's and subject's by itself, or one's", async () => {
      const project = randomUUID();
      const [one, two] = [newApiKeyId(), newApiKeyId()];
      const by = (keyId: string | null, subject: string | null) => somebody({ project, keyId, subject });
      await set(by(null, null), { limitUsd: 10 });
      await set(by(null, null), { kind: "KEY", limitUsd: 1 });
      await set(by(null, null), { kind: "KEY", target: two, limitUsd: 2 });
      await set(by(null, null), { kind: "KEY", target: one, limitUsd: 0.5 });
      await set(by(null, null), { kind: "SUBJECT", limitUsd: 0.75 });
      // A key's own does not replace that of each.
      for (const [viewer, fits] of [
        [by(one, null), 0.5],
        [by(two, null), 1],
        [by(newApiKeyId(), null), 1],
        [by(newApiKeyId(), "ada"), 0.75],
        [by(newApiKeyId(), "bob"), 0.75],
        [by(null, null), 6],
      ] as const) {
        await expect(accept(db(), viewer, fits + 0.01)).rejects.toMatchObject({ code: "BUDGET_EXCEEDED" });
        await accept(db(), viewer, fits);
        await expect(accept(db(), viewer, 0.01)).rejects.toMatchObject({ code: "BUDGET_EXCEEDED" });
      }
      const listed = await listBudgets(db().kysely, project);
      expect(listed.map(({ kind, target, usedUsd }) => [kind, target, usedUsd])).toEqual([
        ["PROJECT", null, 10],
        ["KEY", null, null],
        ...[one, two].toSorted().map((key) => ["KEY", key, key === one ? 0.5 : 1]),
        ["SUBJECT", null, null],
      ]);
      expect(await listBudgets(db().kysely, randomUUID())).toEqual([]);
    });

    test("counts what was accepted before it was set, in its period, and no other's", async () => {
      const viewer = somebody({ subject: "ada", keyId: newApiKeyId() });
      const yesterday = new Date(Date.now() - 24 * 3_600_000);
      await accept(db(), viewer, 0.25);
      await accept(db(), viewer, 0.5, { createdAt: yesterday });
      await accept(db(), somebody({ ...viewer, subject: "bob", keyId: null }), 0.125);
      await accept(db(), somebody({ subject: "ada" }), 4);
      for (const kind of ["PROJECT", "KEY", "SUBJECT"] as const) {
        await set(viewer, { kind, target: { PROJECT: null, KEY: viewer.keyId, SUBJECT: "ada" }[kind] });
      }
      // Without a counter, then by it.
      expect(await used(viewer)).toEqual([0.375, 0.25, 0.25]);
      await accept(db(), viewer, 0.25);
      expect(await used(viewer)).toEqual([0.625, 0.5, 0.5]);
      await expect(accept(db(), viewer, 0.5)).rejects.toMatchObject({ code: "BUDGET_EXCEEDED" });
    });

    test("is replaced by one of the same kind, target and period, and can be ended by its project", async () => {
      const viewer = somebody();
      const first = await set(viewer);
      await accept(db(), viewer, 0.75);
      const second = await set(viewer, { limitUsd: 0.5 });
      expect(second).toMatchObject({ id: first.id, limitUsd: 0.5, usedUsd: 0.75 });
      await expect(accept(db(), viewer, 0.01)).rejects.toMatchObject({
        code: "BUDGET_EXCEEDED",
        details: { budget: { leftUsd: 0 } },
      });
      await expect(removeBudget(db(), randomUUID(), first.id)).rejects.toMatchObject({ code: "NOT_FOUND" });
      expect(await removeBudget(db(), viewer.project, first.id)).toEqual(second);
      await expect(removeBudget(db(), viewer.project, first.id)).rejects.toMatchObject({ code: "NOT_FOUND" });
      await accept(db(), viewer, 4);
      // What was made meanwhile counts.
      expect(await set(viewer, { limitUsd: 5 })).toMatchObject({ usedUsd: 4.75 });
      await expect(accept(db(), viewer, 0.5)).rejects.toMatchObject({ code: "BUDGET_EXCEEDED" });
    });

    test("where one of two for a target is ended, the other still holds", async () => {
      const viewer = somebody({ subject: "ada" });
      await set(viewer, { kind: "SUBJECT" });
      const { id } = await set(viewer, { kind: "SUBJECT", target: "ada", limitUsd: 2 });
      await accept(db(), viewer, 0.75);
      await removeBudget(db(), viewer.project, id);
      await expect(accept(db(), viewer, 0.5)).rejects.toMatchObject({ code: "BUDGET_EXCEEDED" });
      await accept(db(), viewer, 0.25);
    });

    test.each([{ limitUsd: -1 }, { target: "somebody" }, { kind: "KEY" as const, target: "nonsense" }])(
      "must make sense: %j",
      async (given) => {
        await expect(set(somebody(), given)).rejects.toMatchObject({ code: "BAD_INPUT" });
      },
    );
  });

  describe("settled", () => {
    test.each<[what: string, events: readonly VideoEvent[], usd: { held: number; spent: number }]>([
      ["under way", underWay, { held: 0.5, spent: 0 }],
      ["completed at the price", [...underWay, completed(0.5)], { held: 0, spent: 0.5 }],
      ["completed for less", [...underWay, completed(0.25)], { held: 0, spent: 0.25 }],
      ["completed for more", [...underWay, completed(0.75)], { held: 0, spent: 0.75 }],
      ["completed without a word of money", happyEvents, { held: 0.5, spent: 0 }],
      ["refused", [submitStarted, { type: "submit_refused", error: failure(false) }], { held: 0, spent: 0 }],
      ["never sent", [{ type: "submit_abandoned", error: failure(false) }], { held: 0, spent: 0 }],
      ["timed out", [...underWay, { type: "generation_abandoned", error: failure(null) }], { held: 0.5, spent: 0 }],
      [
        "failed, and charged all the same",
        [
          ...underWay,
          {
            type: "polled",
            generation: { ...generation, status: "error", url: null, usage: { creditsUsed: 500_000, usdSpent: 0.25 } },
          },
        ],
        { held: 0, spent: 0.25 },
      ],
      [
        "failed",
        [...underWay, { type: "polled", generation: { ...generation, status: "error", url: null, usage: null } }],
        { held: 0, spent: 0 },
      ],
      [
        "lost",
        [submitStarted, { type: "submit_outcome_lost" }, { type: "settle_abandoned", error: failure(null) }],
        { held: 0.5, spent: 0 },
      ],
      ["canceled before it was sent", [{ type: "canceled" }], { held: 0, spent: 0 }],
      [
        "canceled when it was known not to have been accepted",
        [submitStarted, { type: "submit_postponed", waitingReason: null }, { type: "canceled" }],
        { held: 0, spent: 0 },
      ],
      ["canceled while it was sent", [submitStarted, { type: "canceled" }], { held: 0.5, spent: 0 }],
      ["canceled under way", [...underWay, { type: "canceled" }], { held: 0.5, spent: 0 }],
    ])("%s", async (_, events, { held, spent }) => {
      const viewer = somebody({ subject: "ada", keyId: newApiKeyId() });
      for (const kind of ["PROJECT", "KEY", "SUBJECT"] as const) {
        await set(viewer, { kind });
        await set(viewer, { kind, period: "MONTH" });
      }
      await accept(db(), viewer, 0.125);
      const video = await accept(db(), viewer, 0.5);
      await play(video, events);
      const row = await db()
        .kysely.selectFrom("videos")
        .select(["held_micros", "spent_micros"])
        .where("id", "=", videoUuid(video.id))
        .executeTakeFirstOrThrow();
      expect(row).toEqual({ held_micros: held * 1e6, spent_micros: spent * 1e6 });
      expect(await used(viewer)).toEqual([held + spent + 0.125, held + spent + 0.125, null, null, null, null]);
      const left = 0.875 - held - spent;
      await expect(accept(db(), viewer, left + 0.01)).rejects.toMatchObject({ code: "BUDGET_EXCEEDED" });
      await accept(db(), viewer, left);
    });

    test("where the budget came after it was accepted", async () => {
      const viewer = somebody();
      const [one, two] = [await accept(db(), viewer, 0.5), await accept(db(), viewer, 0.5)];
      await set(viewer);
      // The first change makes the counter, the second changes it.
      await play(one, [...underWay, completed(0.25)]);
      expect(await used(viewer)).toEqual([0.75]);
      await play(two, [{ type: "canceled" }]);
      expect(await used(viewer)).toEqual([0.25]);
    });

    test("in the period in which it was accepted, whenever it ends", async () => {
      const viewer = somebody();
      await set(viewer);
      const createdAt = new Date(Date.now() - 24 * 3_600_000);
      const late = await accept(db(), viewer, 1, { createdAt });
      await expect(accept(db(), viewer, 0.01, { createdAt })).rejects.toMatchObject({ code: "BUDGET_EXCEEDED" });
      await accept(db(), viewer, 1);
      await play(late, [{ type: "canceled" }]);
      expect(await used(viewer)).toEqual([1]);
      await accept(db(), viewer, 1, { createdAt });
      await expect(accept(db(), viewer, 0.01)).rejects.toMatchObject({ code: "BUDGET_EXCEEDED" });
    });

    test("by the ledger: over what was thought, with and without a counter", async () => {
      const viewer = somebody();
      const video = await accept(db(), viewer, 0.5);
      const found = { uuid: videoUuid(video.id), createdAt: video.createdAt };
      await set(viewer);
      await settleCharge(db().kysely, found, 250_000);
      // Not while it is under way.
      expect(await used(viewer)).toEqual([0.5]);
      await play(video, [...underWay, { type: "canceled" }]);
      await settleCharge(db().kysely, found, 250_000);
      expect(await used(viewer)).toEqual([0.25]);
      await accept(db(), viewer, 0.125);
      await settleCharge(db().kysely, found, 2_000_000);
      await settleCharge(db().kysely, found, 2_000_000);
      expect(await used(viewer)).toEqual([2.125]);
    });
  });

  test("a transaction that fails holds nothing", async () => {
    const viewer = somebody();
    await set(viewer);
    const refused = db().transaction(async ({ kysely }) => {
      await acceptWithin(kysely, viewer, { ...acceptedVideo(viewer), estimatedUsd: 1 });
      throw new Error("after all");
    });
    await expect(refused).rejects.toThrow("after all");
    await accept(db(), viewer, 1);
  });

  test("a counter that is wrong is found, and made anew; old ones go", async () => {
    const viewer = somebody();
    await set(viewer);
    await accept(db(), viewer, 0.25);
    await db()
      .kysely.updateTable("budget_spending")
      .set({ used_micros: 9 })
      .where("project", "=", viewer.project)
      .execute();
    const old = new Date(Date.UTC(2020, 0));
    const counter = { ...viewer, kind: "PROJECT", target: "", period: "DAY", begins_at: old, used_micros: 9 };
    const { subject, keyId, ...row } = counter;
    await db().kysely.insertInto("budget_spending").values(row).execute();
    const errors: object[] = [];
    const log = { ...silentLogger, error: (fields: object) => errors.push(fields) };
    await checkCounters(db(), new Date(), log);
    expect(errors).toMatchObject([{ project: viewer.project, used_micros: 9, sum: 250_000 }]);
    expect(await used(viewer)).toEqual([0.25]);
    const counters = await db()
      .kysely.selectFrom("budget_spending")
      .selectAll()
      .where("project", "=", viewer.project)
      .execute();
    expect(counters).toEqual([]);
    await checkCounters(db(), new Date(), log);
    expect(errors).toHaveLength(1);
  });

  test("without budgets nothing is written for them", async () => {
    const viewer = somebody({ subject: "ada", keyId: newApiKeyId() });
    await play(await accept(db(), viewer, 0.5), [...underWay, completed(0.25)]);
    const counters = await db()
      .kysely.selectFrom("budget_spending")
      .selectAll()
      .where("project", "=", viewer.project)
      .execute();
    expect(counters).toEqual([]);
  });
});

describe("invariant 11: transactions that overlap", () => {
  let shared: SharedDatabase;
  beforeAll(async () => {
    shared = await sharedDatabase("postgres");
  });
  afterAll(() => shared.close());

  /** As many as somebody else needs to come to where they wait, or to their end. */
  async function someQuestions(): Promise<void> {
    for (let question = 0; question < 30; question += 1) await sql`SELECT 1`.execute(shared.db.kysely);
  }

  /** Does something in a transaction, and the rest while that is open, which may have to wait for it. */
  async function overlapping<Result>(
    first: (db: EngineDatabase<EngineSchema>["kysely"]) => Promise<unknown>,
    second: () => Promise<Result>,
  ): Promise<Result> {
    const { db } = shared;
    return await db
      .transaction(async ({ kysely }) => {
        await first(kysely);
        const waiting = second();
        await someQuestions();
        return { waiting };
      })
      .then(({ waiting }) => waiting);
  }

  /** Sets a budget that nobody has counted yet. */
  async function setUncounted({ project }: Viewer): Promise<void> {
    await setBudget(shared.db, project, budget());
    await changeBudgets(shared.db, (kysely) =>
      kysely.deleteFrom("budget_spending").where("project", "=", project).execute(),
    );
  }

  const first = (viewer: Viewer, usd: number) => (kysely: EngineDatabase<EngineSchema>["kysely"]) =>
    acceptWithin(kysely, viewer, { ...acceptedVideo(viewer), estimatedUsd: usd });
  const usedBy = async ({ project }: Viewer) =>
    (await listBudgets(shared.db.kysely, project)).map((one) => one.usedUsd);
  const cancel = (video: StoredVideo) => (kysely: EngineDatabase<EngineSchema>["kysely"]) =>
    apply(kysely, video, { type: "canceled" });

  test("two that accept, where there is no counter yet", async () => {
    const viewer = somebody();
    await setUncounted(viewer);
    const second = overlapping(first(viewer, 0.75), () => accept(shared.db, viewer, 0.5));
    await expect(second).rejects.toMatchObject({ code: "BUDGET_EXCEEDED", details: { budget: { leftUsd: 0.25 } } });
    expect(await usedBy(viewer)).toEqual([0.75]);
    await overlapping(first(viewer, 0.125), () => accept(shared.db, viewer, 0.125));
    expect(await usedBy(viewer)).toEqual([1]);
  });

  test("one that accepts without a budget, and a budget that is set", async () => {
    const viewer = somebody();
    const set = await overlapping(first(viewer, 0.75), () => setBudget(shared.db, viewer.project, budget()));
    expect(set).toMatchObject({ usedUsd: 0.75 });
    await expect(accept(shared.db, viewer, 0.5)).rejects.toMatchObject({ code: "BUDGET_EXCEEDED" });
  });

  test("a budget that is set, and one that accepts meanwhile", async () => {
    const viewer = somebody();
    const set = setBudget(shared.db, viewer.project, budget());
    const accepted = Promise.allSettled(Array.from({ length: 8 }, () => accept(shared.db, viewer, 0.5)));
    await set;
    // Those before it may be more than it allows, and none after it.
    const made = (await accepted).filter(({ status }) => status === "fulfilled").length;
    expect(await usedBy(viewer)).toEqual([made * 0.5]);
    expect(made).toBeGreaterThanOrEqual(2);
    await expect(accept(shared.db, viewer, 0.5)).rejects.toMatchObject({ code: "BUDGET_EXCEEDED" });
  });

  test("one that is settled, and one that makes the counter", async () => {
    const viewer = somebody();
    const video = await accept(shared.db, viewer, 0.5);
    await setUncounted(viewer);
    await overlapping(cancel(video), () => accept(shared.db, viewer, 1));
    expect(await usedBy(viewer)).toEqual([1]);
    await assertCounted(shared.db.kysely);
  });

  test("one that makes the counter, and one that is settled", async () => {
    const viewer = somebody();
    const video = await accept(shared.db, viewer, 0.5);
    await setUncounted(viewer);
    await overlapping(first(viewer, 0.25), () => cancel(video)(shared.db.kysely));
    expect(await usedBy(viewer)).toEqual([0.25]);
    await assertCounted(shared.db.kysely);
  });

  test("one that is settled before a budget is set", async () => {
    const viewer = somebody();
    const video = await accept(shared.db, viewer, 0.5);
    const set = await overlapping(cancel(video), () => setBudget(shared.db, viewer.project, budget()));
    expect(set).toMatchObject({ usedUsd: 0 });
    await accept(shared.db, viewer, 1);
    await assertCounted(shared.db.kysely);
  });

  test("one that is settled while a budget is being set knows of it", async () => {
    const viewer = somebody();
    const video = await accept(shared.db, viewer, 0.5);
    const settled: Promise<unknown>[] = [];
    await changeBudgets(shared.db, async (kysely) => {
      const { kind, target, period } = budget();
      const row = { kind, target, period, project: viewer.project, limit_micros: 1, updated_at: new Date() };
      await kysely
        .insertInto("budgets")
        .values({ ...row, id: newBudgetId() })
        .execute();
      settled.push(cancel(video)(shared.db.kysely));
      await someQuestions();
    });
    await Promise.all(settled);
    const counters = shared.db.kysely.selectFrom("budget_spending").selectAll().where("project", "=", viewer.project);
    expect(await counters.execute()).toMatchObject([{ used_micros: 0 }]);
  });

  test("one that would make the counter and fails, and one that is settled", async () => {
    const viewer = somebody();
    const video = await accept(shared.db, viewer, 0.5);
    await setUncounted(viewer);
    const settled: Promise<unknown>[] = [];
    const failing = shared.db.transaction(async ({ kysely }) => {
      await first(viewer, 0.25)(kysely);
      settled.push(cancel(video)(shared.db.kysely));
      await someQuestions();
      throw new Error("after all");
    });
    await expect(failing).rejects.toThrow("after all");
    await Promise.all(settled);
    expect(await usedBy(viewer)).toEqual([0]);
    await assertCounted(shared.db.kysely);
  });

  test("a hundred that accept, are settled and canceled under many budgets never wait in a circle", async () => {
    const project = randomUUID();
    const keys = [newApiKeyId(), newApiKeyId()];
    for (const kind of ["PROJECT", "KEY", "SUBJECT"] as const) {
      for (const period of ["DAY", "MONTH"] as const) {
        await setBudget(shared.db, project, budget({ kind, period, limitUsd: 1_000 }));
      }
    }
    await Promise.all(
      Array.from({ length: 100 }, async (_, index) => {
        const viewer = somebody({ project, keyId: keys[index % 2] ?? null, subject: `subject ${index % 3}` });
        let video = await accept(shared.db, viewer, 0.5);
        for (const event of index % 4 === 0 ? [submitStarted] : []) video = await apply(shared.db.kysely, video, event);
        await cancel(video)(shared.db.kysely);
        const found = { uuid: videoUuid(video.id), createdAt: video.createdAt };
        if (index % 8 === 0) await settleCharge(shared.db.kysely, found, 750_000);
      }),
    );
    expect(await assertCounted(shared.db.kysely)).toBeGreaterThanOrEqual(12);
    const [day, month] = await usedBy({ ...somebody(), project });
    expect([day, month]).toEqual([13 * 0.75 + 12 * 0.5, 13 * 0.75 + 12 * 0.5]);
  });
});
