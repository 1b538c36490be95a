import { newApiKeyId } from "@reelwire/core";
import { sql } from "kysely";
import { afterEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { BUILT_IN_VIEWER, type Engine, exportDatabase, importDatabase, startEngine } from "../../src/index.ts";
import { networkTo } from "../database/database-network.ts";
import { postgresUrl } from "../database/postgres-url.ts";
import { DATABASE_KINDS } from "../database/temporary-database.ts";
import { engineDatabaseAt } from "../stored-video.ts";
import { finished, make, startTestEngine, until } from "../test-engine.ts";
import { place } from "../transfer/databases.ts";
import { assertCounted } from "./counted.ts";

/** Four seconds at 720p, in the emulator's catalogue. */
const PRICE_USD = 0.26;

const PROJECT = BUILT_IN_VIEWER.project;
const daily = (limitUsd: number) => ({ kind: "PROJECT", target: null, period: "DAY", limitUsd }) as const;
const exceeded = { code: "BUDGET_EXCEEDED", details: { budget: { kind: "PROJECT", period: "DAY" } } };

async function usedUsd(engine: Engine): Promise<number | null | undefined> {
  return (await engine.budgets(PROJECT))[0]?.usedUsd;
}

afterEach(() => {
  vi.useRealTimers();
});

describe.each(DATABASE_KINDS)("invariant 11: createVideo on %s", (kind) => {
  test("stays within a budget, of many at once, and makes nothing of what is over it", async () => {
    await using t = await startTestEngine({ carries: false }, {}, kind);
    await t.engine.setBudget(PROJECT, daily(5 * PRICE_USD));
    const made = await Promise.allSettled(Array.from({ length: 40 }, () => make(t.engine)));
    expect(made.filter(({ status }) => status === "fulfilled")).toHaveLength(5);
    for (const one of made) if (one.status === "rejected") expect(one.reason).toMatchObject(exceeded);
    expect(await t.engine.videos(BUILT_IN_VIEWER, {}, { limit: 100 })).toHaveLength(5);
    expect(await usedUsd(t.engine)).toBe(5 * PRICE_USD);
  });

  test("has room again for what was canceled before it was sent, refused or failed, and none for what completed", async () => {
    await using t = await startTestEngine({ timing: { submitRetryFirstMs: 60_000 } }, {}, kind);
    await t.engine.setBudget(PROJECT, daily(PRICE_USD));
    for (const fault of ["invalid-body", "generation-error", "out-of-credits"]) {
      const { id } = await make(t.engine, { prompt: `a boat [fault:${fault}]` });
      expect(await finished(t.engine, id)).toMatchObject({ status: "FAILED" });
    }
    await t.emulator.goDown();
    const { id } = await make(t.engine);
    await until(t.engine, id, (video) => video.waitingReason !== null);
    await expect(make(t.engine)).rejects.toMatchObject(exceeded);
    await t.engine.cancelVideo(BUILT_IN_VIEWER, id);
    await t.emulator.comeUp();
    expect(await finished(t.engine, (await make(t.engine)).id)).toMatchObject({ status: "COMPLETED" });
    await expect(make(t.engine)).rejects.toMatchObject(exceeded);
    expect(await usedUsd(t.engine)).toBe(PRICE_USD);
  });

  test("has room again for what was canceled in the middle of a POST that is refused then", async () => {
    await using t = await startTestEngine({}, {}, kind);
    await t.engine.setBudget(PROJECT, daily(PRICE_USD));
    for (const fault of ["invalid-body", "rate-limited"]) {
      const held = t.emulator.faults.next({ on: "create", fault: "held" });
      const { id } = await make(t.engine, { prompt: `a boat [fault:${fault}]` });
      await held.hit;
      await t.engine.cancelVideo(BUILT_IN_VIEWER, id);
      await expect(make(t.engine)).rejects.toMatchObject(exceeded);
      held.release();
      await vi.waitFor(async () => expect(await usedUsd(t.engine)).toBe(0));
    }
    await make(t.engine);
  });

  test("a video that was made is answered by its key, however little is left (invariant 4)", async () => {
    await using t = await startTestEngine({ carries: false }, {}, kind);
    await t.engine.setBudget(PROJECT, daily(PRICE_USD));
    // Seven of the eight find that it has used up what there was.
    const made = await Promise.all(Array.from({ length: 8 }, () => make(t.engine, { idempotencyKey: "eight" })));
    expect(new Set(made.map(({ id }) => id)).size).toBe(1);
    await t.engine.setBudget(PROJECT, daily(0));
    expect((await make(t.engine, { idempotencyKey: "eight" })).id).toBe(made[0]?.id);
    await expect(make(t.engine, { idempotencyKey: "nine" })).rejects.toMatchObject(exceeded);
    await expect(make(t.engine, { idempotencyKey: "eight", prompt: "another" })).rejects.toMatchObject({
      code: "IDEMPOTENCY_CONFLICT",
    });
  });

  test("waits for a price only where it is held to one, and is refused where there is none", async () => {
    const faults = { mix: [{ on: "models", fault: "held", probability: 1 }] } as const;
    await using t = await startTestEngine({ carries: false }, { faults }, kind);
    expect(await make(t.engine)).toMatchObject({ estimatedUsd: null });
    await t.engine.setBudget(PROJECT, daily(PRICE_USD));
    const waiting = make(t.engine);
    await t.emulator.until(() => t.emulator.requestCounts.models > 0);
    t.emulator.faults.release();
    expect(await waiting).toMatchObject({ estimatedUsd: PRICE_USD });
    await expect(make(t.engine)).rejects.toMatchObject(exceeded);

    const unpriced = { mix: [{ on: "models", fault: "unavailable", probability: 1 }] } as const;
    await using other = await startTestEngine({ carries: false }, { faults: unpriced }, kind);
    await other.engine.setBudget(PROJECT, daily(PRICE_USD));
    await expect(make(other.engine)).rejects.toMatchObject({ code: "PRICE_UNKNOWN" });
    expect(await other.engine.videos(BUILT_IN_VIEWER, {}, { limit: 100 })).toEqual([]);
  });

  test("counts in the UTC day and month in which it is accepted; the next have room of their own", async () => {
    await using t = await startTestEngine({ carries: false }, {}, kind);
    await make(t.engine, { idempotencyKey: "the price is known" });
    vi.useFakeTimers({ toFake: ["Date"], now: new Date("2027-01-30T23:59:59.999Z") });
    await t.engine.setBudget(PROJECT, daily(PRICE_USD));
    await t.engine.setBudget(PROJECT, { ...daily(3 * PRICE_USD), period: "MONTH" });
    const last = await make(t.engine);
    await expect(make(t.engine)).rejects.toMatchObject({
      details: { budget: { period: "DAY", leftUsd: 0, renewsAt: new Date("2027-01-31T00:00:00Z") } },
    });
    vi.setSystemTime(new Date("2027-01-31T00:00:00.000Z"));
    await make(t.engine);
    await expect(make(t.engine)).rejects.toMatchObject({ details: { budget: { period: "DAY" } } });
    expect(await t.engine.budgets(PROJECT)).toMatchObject([
      { period: "DAY", usedUsd: PRICE_USD, renewsAt: new Date("2027-02-01T00:00:00Z") },
      { period: "MONTH", usedUsd: 2 * PRICE_USD, renewsAt: new Date("2027-02-01T00:00:00Z") },
    ]);
    // Yesterday's is released there, and makes no room today.
    await t.engine.cancelVideo(BUILT_IN_VIEWER, last.id);
    await expect(make(t.engine)).rejects.toMatchObject({ details: { budget: { period: "DAY" } } });
    expect((await t.engine.budgets(PROJECT)).map((budget) => budget.usedUsd)).toEqual([PRICE_USD, PRICE_USD]);
    vi.setSystemTime(new Date("2027-02-01T00:00:00.000Z"));
    await make(t.engine);
    expect((await t.engine.budgets(PROJECT)).map((budget) => budget.usedUsd)).toEqual([PRICE_USD, PRICE_USD]);
  });

  test("budgets, what is used of them, and what is held, move to another database", async () => {
    const viewer = { project: PROJECT, subject: "ada", keyId: newApiKeyId() };
    await using t = await startTestEngine({ carries: false }, {}, kind);
    await t.engine.setBudget(PROJECT, daily(3 * PRICE_USD));
    await t.engine.setBudget(PROJECT, { ...daily(2 * PRICE_USD), kind: "SUBJECT", period: "MONTH" });
    await t.engine.setBudget(PROJECT, { ...daily(9), kind: "KEY", target: viewer.keyId });
    await make(t.engine, {}, viewer);
    const canceled = await make(t.engine, {}, viewer);
    const before = await t.engine.budgets(PROJECT);
    await t.engine.close();

    const into = await place(kind === "pglite" ? "postgres" : "pglite");
    const from = { dataDir: t.dataDir, ...(t.databaseUrl === null ? {} : { databaseUrl: t.databaseUrl }) };
    await importDatabase(into, exportDatabase(from));
    const upstream = { apiKey: t.emulator.apiKey, baseUrl: t.emulator.url };
    const engine = await startEngine({ ...into, upstream, carries: false });
    onTestFinished(() => engine.close());
    expect(await engine.budgets(PROJECT)).toEqual(before);
    const ofSubject = { details: { budget: { kind: "SUBJECT", period: "MONTH", leftUsd: 0 } } };
    await expect(make(engine, {}, viewer)).rejects.toMatchObject(ofSubject);
    await engine.cancelVideo(BUILT_IN_VIEWER, canceled.id);
    await make(engine, {}, viewer);
    await expect(make(engine, {}, { ...viewer, subject: "bob" })).resolves.toMatchObject({ estimatedUsd: PRICE_USD });
    await expect(make(engine)).rejects.toMatchObject(exceeded);
  });
});

describe("invariant 11: a connection that is lost", () => {
  test("after the commit: the video is answered, though it has used up what there was", async () => {
    const databaseUrl = await postgresUrl();
    const network = await networkTo(databaseUrl);
    await using t = await startTestEngine({ databaseUrl: network.url, carries: false });
    await t.engine.setBudget(PROJECT, daily(PRICE_USD));
    const lost = network.loseAnswerTo("INSERT INTO budget_spending", "commit");
    const video = await make(t.engine);
    await lost;
    expect(await t.engine.videos(BUILT_IN_VIEWER, {}, { limit: 10 })).toEqual([video]);
    expect(await usedUsd(t.engine)).toBe(PRICE_USD);
    await expect(make(t.engine)).rejects.toMatchObject(exceeded);
  });

  test("before the commit: nothing is held, and it is made once all the same", async () => {
    const databaseUrl = await postgresUrl();
    const network = await networkTo(databaseUrl);
    await using t = await startTestEngine({ databaseUrl: network.url, carries: false });
    await t.engine.setBudget(PROJECT, daily(PRICE_USD));
    const { kysely } = await engineDatabaseAt(databaseUrl);
    // Whoever holds the counter's lock keeps the transaction from its end, until it is cut.
    await make(t.engine).then(({ id }) => t.engine.cancelVideo(BUILT_IN_VIEWER, id));
    const making = await kysely.transaction().execute(async (transaction) => {
      await sql`SELECT FROM budget_spending FOR UPDATE`.execute(transaction);
      const made = make(t.engine);
      await vi.waitFor(async () => {
        const { rows } = await sql`
          SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
        `.execute(kysely);
        expect(rows).toHaveLength(1);
      });
      network.cut();
      return { made };
    });
    const video = await making.made;
    expect(await t.engine.videos(BUILT_IN_VIEWER, { statuses: ["ACCEPTED"] }, { limit: 10 })).toEqual([video]);
    expect(await assertCounted(kysely)).toBe(1);
    expect(await usedUsd(t.engine)).toBe(PRICE_USD);
  });
});
