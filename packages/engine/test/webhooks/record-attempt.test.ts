import type { WebhookErrorCode } from "@reelwire/core";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Viewer, WebhookDelivery } from "../../src/index.ts";
import { defaultTiming } from "../../src/timing.ts";
import type { AttemptOutcome } from "../../src/webhooks/attempt-delivery.ts";
import { claimDeliveries, type DueDelivery } from "../../src/webhooks/claim-deliveries.ts";
import { type RecordedAttempt, recordAttempt, retryPauseMs } from "../../src/webhooks/record-attempt.ts";
import { forgetDeliveries } from "../../src/webhooks/sweep-deliveries.ts";
import { DATABASE_KINDS } from "../database/temporary-database.ts";
import { storeNode } from "../stored-video.ts";
import { endedVideo, openWebhookStore, somebody, type WebhookStore } from "./webhook-store.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

test("a delivery is tried again after one or two seconds, then more and more rarely, for two days in about thirty tries", () => {
  const pauses = (random: number) =>
    Array.from({ length: 40 }, (_, tries) => retryPauseMs(tries + 1, defaultTiming, random));
  expect(pauses(0).slice(0, 4)).toEqual([1_000, 2_000, 4_000, 8_000]);
  expect(pauses(1).slice(0, 4)).toEqual([2_000, 4_000, 8_000, 16_000]);
  expect(Math.max(...pauses(1))).toBe(3 * HOUR_MS);
  const triesWithin = (ms: number, random: number) => {
    let at = 0;
    let tries = 0;
    for (; at < ms; tries++) at += pauses(random)[tries] ?? ms;
    return tries;
  };
  expect(triesWithin(2 * DAY_MS, 1)).toBe(28);
  expect(triesWithin(60_000, 0.5)).toBeGreaterThanOrEqual(5);
});

describe.each(DATABASE_KINDS)("an attempt: %s", (kind) => {
  let store: WebhookStore;
  let nodeId: string;
  beforeAll(async () => {
    store = await openWebhookStore(kind);
    nodeId = await storeNode(store.shared.db.kysely);
  });
  afterAll(() => store.close());
  const kysely = () => store.shared.db.kysely;

  const input = { url: "https://example.com/", events: ["video.finished"] };

  function outcome(errorCode: WebhookErrorCode | null, retryAfterMs: number | null = null): AttemptOutcome {
    const statusCode = errorCode === null ? 200 : errorCode === "GONE" ? 410 : 500;
    return {
      at: new Date(),
      durationMs: 5,
      statusCode,
      errorCode,
      errorMessage: errorCode,
      responseBody: "it",
      retryAfterMs,
    };
  }

  /** A delivery to a new webhook, claimed by this node. */
  async function dueToWebhook(): Promise<{ viewer: Viewer; webhookId: string; due: DueDelivery }> {
    const viewer = somebody();
    const { webhook } = await store.webhooks.create(viewer, input);
    return { viewer, webhookId: webhook.id, due: await dueOf(viewer) };
  }

  async function dueOf(viewer: Viewer): Promise<DueDelivery> {
    await endedVideo(store, viewer);
    await store.queue.deliveries.restore();
    return await claimOf(viewer);
  }

  async function claimOf(viewer: Viewer): Promise<DueDelivery> {
    const { due } = await claimDeliveries({ db: store.shared.db, queue: store.queue.deliveries }, nodeId, 100);
    const mine = due.find(({ project }) => project === viewer.project);
    if (mine === undefined) throw new Error("it is not due");
    return mine;
  }

  const record = (due: DueDelivery, result: AttemptOutcome): Promise<RecordedAttempt> =>
    recordAttempt(
      { db: store.shared.db, queue: store.queue.deliveries, timing: defaultTiming, random: () => 0 },
      due,
      result,
    );

  async function only(viewer: Viewer): Promise<WebhookDelivery> {
    const [delivery] = await store.webhooks.deliveries(viewer, {}, 1);
    if (delivery === undefined) throw new Error("there is none");
    return delivery;
  }

  /** The job of a delivery: its state, and in how many seconds it is due. */
  async function jobOf({ id }: DueDelivery): Promise<{ state: string; inSeconds: number } | null> {
    const { rows } = await sql<{ state: string; inSeconds: number }>`
      SELECT state, extract(epoch FROM start_after - clock_timestamp())::float8 AS "inSeconds"
      FROM pgboss.job WHERE name = 'deliver-webhook' AND id = ${id}
    `.execute(kysely());
    return rows[0] ?? null;
  }

  /** Makes the delivery, and how long its webhook has failed, as old as that. */
  async function age(due: DueDelivery, { tries = 0, triedMs = 0, failingMs = 0 }): Promise<void> {
    const before = (ms: number) => sql<Date>`clock_timestamp() - ${ms}::float8 * interval '1 millisecond'`;
    await kysely()
      .updateTable("webhook_deliveries")
      .set({ tries, tried_since: before(triedMs) })
      .where("id", "=", due.id)
      .execute();
    if (failingMs === 0 || due.webhookId === null) return;
    await kysely()
      .updateTable("webhooks")
      .set({ failing_since: before(failingMs) })
      .where("id", "=", due.webhookId)
      .execute();
  }

  test("that is answered 2xx ends the delivery and its job", async () => {
    const { viewer, webhookId, due } = await dueToWebhook();
    await age(due, { failingMs: DAY_MS });
    expect(await record(due, outcome(null))).toEqual({ status: "DELIVERED", nextInMs: null, disabled: null });
    expect(await only(viewer)).toMatchObject({
      status: "DELIVERED",
      nextAttemptAt: null,
      finishedAt: expect.any(Date),
      attempts: [
        { number: 1, durationMs: 5, statusCode: 200, errorCode: null, errorMessage: null, responseBody: "it" },
      ],
    });
    expect(await jobOf(due)).toBeNull();
    // One success begins the days anew.
    expect(await store.webhooks.find(viewer, webhookId)).toMatchObject({ failingSince: null });
  });

  test("that fails is one of several, and the job is due again at the time that is told", async () => {
    const { viewer, webhookId, due } = await dueToWebhook();
    expect(await record(due, outcome("BAD_STATUS"))).toEqual({ status: "PENDING", nextInMs: 1_000, disabled: null });
    expect(await jobOf(due)).toMatchObject({ state: "retry" });
    expect((await jobOf(due))?.inSeconds).toBeLessThanOrEqual(1);
    const delivery = await only(viewer);
    expect(delivery).toMatchObject({ status: "PENDING", finishedAt: null, attempts: [{ errorCode: "BAD_STATUS" }] });
    expect(delivery.nextAttemptAt).toBeInstanceOf(Date);
    expect((await store.webhooks.find(viewer, webhookId))?.failingSince).toBeInstanceOf(Date);
    await store.webhooks.redeliver(viewer, delivery.id);
    await record(await claimOf(viewer), outcome(null));
    expect((await only(viewer)).attempts.map(({ number, errorCode }) => [number, errorCode])).toEqual([
      [1, "BAD_STATUS"],
      [2, null],
    ]);
  });

  test("of a receiver that asks for more time is repeated then, at most three hours later", async () => {
    const { viewer, due } = await dueToWebhook();
    expect(await record(due, outcome("BAD_STATUS", 90_000))).toMatchObject({ nextInMs: 90_000 });
    expect((await jobOf(due))?.inSeconds).toBeGreaterThan(80);
    const other = await dueOf(viewer);
    expect(await record(other, outcome("BAD_STATUS", 30 * DAY_MS))).toMatchObject({ nextInMs: 3 * HOUR_MS });
  });

  test("invariant 12: is the last after two days, unless there were few; delivered again, it has two more", async () => {
    const { viewer, due } = await dueToWebhook();
    await age(due, { tries: 8, triedMs: 20 * DAY_MS });
    expect(await record(due, outcome("TIMED_OUT"))).toMatchObject({ status: "PENDING" });
    await store.webhooks.redeliver(viewer, (await only(viewer)).id);
    const again = await claimOf(viewer);
    await age(again, { tries: 30, triedMs: 2 * DAY_MS - HOUR_MS });
    expect(await record(again, outcome("TIMED_OUT"))).toMatchObject({ status: "PENDING" });
    await store.webhooks.redeliver(viewer, (await only(viewer)).id);
    const last = await claimOf(viewer);
    await age(last, { tries: 30, triedMs: 2 * DAY_MS });
    expect(await record(last, outcome("TIMED_OUT"))).toEqual({ status: "FAILED", nextInMs: null, disabled: null });
    expect(await jobOf(last)).toBeNull();
    expect(await only(viewer)).toMatchObject({ status: "FAILED", nextAttemptAt: null, finishedAt: expect.any(Date) });
    const redelivered = await store.webhooks.redeliver(viewer, (await only(viewer)).id);
    expect(redelivered).toMatchObject({ status: "PENDING", finishedAt: null });
    expect(redelivered.attempts).toHaveLength(3);
    expect(await record(await claimOf(viewer), outcome("TIMED_OUT"))).toMatchObject({
      status: "PENDING",
      nextInMs: 1_000,
    });
  });

  test("that is answered 410 switches a webhook off, with all that is on its way to it, and nothing of another", async () => {
    const { viewer, webhookId, due } = await dueToWebhook();
    const other = await store.webhooks.create(viewer, { ...input, url: "https://other.example/" });
    await endedVideo(store, viewer);
    expect(await record(due, outcome("GONE"))).toEqual({ status: "FAILED", nextInMs: null, disabled: "GONE" });
    expect(await store.webhooks.find(viewer, webhookId)).toMatchObject({
      disabledReason: "GONE",
      disabledAt: expect.any(Date),
    });
    expect(await store.webhooks.deliveries(viewer, { webhookId, status: "PENDING" }, 10)).toEqual([]);
    const pending = await store.webhooks.deliveries(viewer, { status: "PENDING" }, 10);
    expect(pending.map((delivery) => delivery.webhookId)).toEqual([other.webhook.id]);
  });

  test("of a webhook that has failed for three days switches it off, but not before, and not at the first after a silence", async () => {
    const { viewer, webhookId, due } = await dueToWebhook();
    await age(due, { tries: 20, triedMs: HOUR_MS, failingMs: 3 * DAY_MS - HOUR_MS });
    expect(await record(due, outcome("UNREACHABLE"))).toMatchObject({ status: "PENDING", disabled: null });
    const early = await dueOf(viewer);
    await age(early, { failingMs: 30 * DAY_MS });
    expect(await record(early, outcome("UNREACHABLE"))).toMatchObject({ status: "PENDING", disabled: null });
    const last = await dueOf(viewer);
    await age(last, { tries: 9, triedMs: HOUR_MS, failingMs: 3 * DAY_MS });
    expect(await record(last, outcome("UNREACHABLE"))).toEqual({
      status: "FAILED",
      nextInMs: null,
      disabled: "FAILING",
    });
    expect(await store.webhooks.find(viewer, webhookId)).toMatchObject({ disabledReason: "FAILING" });
    expect(await store.webhooks.deliveries(viewer, { status: "PENDING" }, 10)).toEqual([]);
    expect(await store.webhooks.deliveries(viewer, { status: "FAILED" }, 10)).toHaveLength(3);
  });

  test("that the gateway refuses to make says nothing of the receiver: the webhook stays on", async () => {
    const { viewer, webhookId, due } = await dueToWebhook();
    await age(due, { tries: 20, triedMs: HOUR_MS, failingMs: 9 * DAY_MS });
    expect(await record(due, outcome("ADDRESS_NOT_ALLOWED"))).toMatchObject({ status: "PENDING", disabled: null });
    expect(await store.webhooks.find(viewer, webhookId)).toMatchObject({ disabledAt: null });
  });

  test("of a webhook that is off, as somebody wants it tried, is made once", async () => {
    const { viewer, webhookId, due } = await dueToWebhook();
    await record(due, outcome("GONE"));
    await store.webhooks.redeliver(viewer, (await only(viewer)).id);
    const failing = await claimOf(viewer);
    expect(await record(failing, outcome("BAD_STATUS"))).toEqual({ status: "FAILED", nextInMs: null, disabled: null });
    await store.webhooks.redeliver(viewer, (await only(viewer)).id);
    expect(await record(await claimOf(viewer), outcome(null))).toMatchObject({ status: "DELIVERED" });
    expect(await store.webhooks.find(viewer, webhookId)).toMatchObject({ disabledReason: "GONE" });
  });

  test("of a node that lost the job to another is recorded, and changes nothing of the other's", async () => {
    const { viewer, due } = await dueToWebhook();
    const gone = await storeNode(kysely(), { lost: true });
    await kysely().updateTable("webhook_deliveries").set({ node_id: gone }).where("id", "=", due.id).execute();
    const { executor } = store.shared.db;
    expect(await store.queue.deliveries.takeBackOrphans(executor)).toBe(1);
    const taken = await claimOf(viewer);
    expect(await record(due, outcome("TIMED_OUT"))).toMatchObject({ status: "PENDING", nextInMs: null });
    expect(await jobOf(due)).toMatchObject({ state: "active" });
    expect(await record(taken, outcome(null))).toMatchObject({ status: "DELIVERED" });
    expect(await jobOf(due)).toBeNull();
    // One that was under way all the time fails: what was delivered stays so.
    await record(due, outcome("TIMED_OUT"));
    expect(await only(viewer)).toMatchObject({ status: "DELIVERED" });
  });

  test("of a delivery that is not pending any more is not made: its job ends when it is claimed", async () => {
    const viewer = somebody();
    const { webhook } = await store.webhooks.create(viewer, input);
    await endedVideo(store, viewer);
    await store.queue.deliveries.restore();
    await store.webhooks.delete(viewer, webhook.id);
    await expect(claimOf(viewer)).rejects.toThrow("it is not due");
    expect(await store.queue.deliveries.restore()).toBe(0);
  });

  test("is forgotten with its delivery when that is old, and what is pending never", async () => {
    const { viewer, due } = await dueToWebhook();
    await record(due, outcome(null));
    const pending = await dueOf(viewer);
    const forget = (keptMs: number) => forgetDeliveries({ db: store.shared.db, keptMs }, new AbortController().signal);
    expect(await forget(DAY_MS)).toBe(0);
    expect(await forget(0)).toBeGreaterThan(0);
    const left = await store.webhooks.deliveries(viewer, {}, 10);
    expect(left).toMatchObject([{ status: "PENDING" }]);
    expect(left).toHaveLength(1);
    const { rows } = await sql`SELECT FROM webhook_attempts WHERE delivery_id = ${due.id}`.execute(kysely());
    expect(rows).toEqual([]);
    await record(pending, outcome(null));
  });
});
