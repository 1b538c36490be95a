import type { WebhookDisabledReason } from "@reelwire/core";
import { type Kysely, sql } from "kysely";
import type { EngineDatabase } from "../database/database.ts";
import type { EngineSchema } from "../database/schema.ts";
import type { AttemptOutcome } from "./attempt-delivery.ts";
import type { DueDelivery } from "./claim-deliveries.ts";
import type { DeliveryQueue } from "./delivery-queue.ts";
import { failPending } from "./pending-deliveries.ts";

/** For how long what is tried again. All in milliseconds. */
export interface RetryTiming {
  /** First and longest wait before a delivery is tried again; they double in between. */
  webhookRetryFirstMs: number;
  webhookRetryLongestMs: number;
  /** How long a delivery is tried. */
  webhookGiveUpMs: number;
  /** How long every attempt at a webhook must have failed before it is switched off. */
  webhookFailingMs: number;
}

/**
 * How often a delivery is tried, however old it is, before it is given up, or switches its webhook off: some twenty minutes, as after a
 * gateway has not run for days, or a webhook had nothing to be told.
 */
const LEAST_TRIES = 10;

/** What recording needs. */
export interface RecordContext {
  db: EngineDatabase<EngineSchema>;
  queue: DeliveryQueue;
  timing: RetryTiming;
  /** From 0 to 1, for jitter. */
  random: () => number;
}

/** What became of a delivery by an attempt, and of its webhook. */
export interface RecordedAttempt {
  status: "PENDING" | "DELIVERED" | "FAILED";
  /** How soon it is tried again, in milliseconds; `null`: it is not, or not by this claim. */
  nextInMs: number | null;
  disabled: WebhookDisabledReason | null;
}

/**
 * How long to wait after so many tries: half of a time that doubles each time, and up to as much again, so that what failed together is
 * not tried together.
 *
 * @param random from 0 to 1
 */
export function retryPauseMs(
  tries: number,
  { webhookRetryFirstMs, webhookRetryLongestMs }: RetryTiming,
  random: number,
) {
  const fullMs = Math.min(webhookRetryLongestMs, webhookRetryFirstMs * 2 ** Math.min(30, tries - 1));
  return fullMs * (0.5 + random / 2);
}

/**
 * Records an attempt, and with it, in one transaction, what becomes of the delivery, of its job and of its webhook. Locks the webhook
 * before deliveries, as all do who want both.
 */
export async function recordAttempt(
  context: RecordContext,
  delivery: DueDelivery,
  outcome: AttemptOutcome,
): Promise<RecordedAttempt> {
  return await context.db.transaction(async ({ kysely, executor }) => {
    const { queue } = context;
    const isOff =
      outcome.errorCode === null ? await markWorking(kysely, delivery) : await markFailing(kysely, delivery, outcome);
    const tried = await insertAttempt(kysely, context.timing, delivery, outcome);
    if (outcome.errorCode === null) {
      await finish(kysely, delivery.id, "DELIVERED");
      await queue.complete(delivery.job, executor);
      return { status: "DELIVERED", nextInMs: null, disabled: null };
    }
    const disabled = isOff ? null : reasonToDisable(delivery, outcome, tried);
    if (disabled !== null && delivery.webhookId !== null) await disable(kysely, delivery.webhookId, disabled);
    if (isOff || disabled !== null || outcome.errorCode === "GONE" || tried.isOld) {
      await finish(kysely, delivery.id, "FAILED");
      await queue.complete(delivery.job, executor);
      return { status: "FAILED", nextInMs: null, disabled };
    }
    const pauseMs = retryPauseMs(tried.tries, context.timing, context.random());
    const nextInMs = Math.max(pauseMs, Math.min(outcome.retryAfterMs ?? 0, context.timing.webhookRetryLongestMs));
    const isOurs = await queue.tryAgain(delivery.job, nextInMs, executor);
    if (!isOurs) return { status: "PENDING", nextInMs: null, disabled };
    await kysely
      .updateTable("webhook_deliveries")
      .set({ next_attempt_at: sql<Date>`clock_timestamp() + ${nextInMs}::float8 * interval '1 millisecond'` })
      .where("id", "=", delivery.id)
      .where("status", "=", "PENDING")
      .execute();
    return { status: "PENDING", nextInMs, disabled };
  });
}

/** Ends a delivery that is pending. */
export async function finish(db: Kysely<EngineSchema>, id: string, status: "DELIVERED" | "FAILED"): Promise<void> {
  await db
    .updateTable("webhook_deliveries")
    .set({ status, finished_at: sql<Date>`clock_timestamp()`, next_attempt_at: null })
    .where("id", "=", id)
    // One that was given up as this attempt was under way was delivered all the same.
    .where("status", "in", status === "DELIVERED" ? ["PENDING", "FAILED"] : ["PENDING"])
    .execute();
}

/** @returns whether the webhook is switched off, or gone */
async function markWorking(db: Kysely<EngineSchema>, { webhookId }: DueDelivery): Promise<boolean> {
  if (webhookId === null) return false;
  await db
    .updateTable("webhooks")
    .set({ failing_since: null })
    .where("id", "=", webhookId)
    // Nearly always nothing is written.
    .where("failing_since", "is not", null)
    .execute();
  return false;
}

/** @returns whether the webhook is switched off, or gone: then nothing is tried again */
async function markFailing(
  db: Kysely<EngineSchema>,
  { webhookId }: DueDelivery,
  { errorCode }: AttemptOutcome,
): Promise<boolean> {
  if (webhookId === null) return false;
  const row = await db
    .selectFrom("webhooks")
    .select(["disabled_at", "failing_since"])
    .where("id", "=", webhookId)
    .forUpdate()
    .executeTakeFirst();
  if (row === undefined) return true;
  // Where it is the gateway that refuses to send, the receiver has not failed: nothing of it switches a webhook off.
  if (errorCode !== "ADDRESS_NOT_ALLOWED" && row.failing_since === null) {
    await db
      .updateTable("webhooks")
      .set({ failing_since: sql<Date>`clock_timestamp()` })
      .where("id", "=", webhookId)
      .execute();
  }
  return row.disabled_at !== null;
}

interface Tried {
  tries: number;
  /** Whether the delivery was tried for as long as one is. */
  isOld: boolean;
  /** Whether its webhook has failed for long enough to be switched off. */
  isFailing: boolean;
}

/** Adds the attempt, and counts it. */
async function insertAttempt(
  db: Kysely<EngineSchema>,
  timing: RetryTiming,
  { id, webhookId }: DueDelivery,
  outcome: AttemptOutcome,
): Promise<Tried> {
  const before = (ms: number) => sql`clock_timestamp() - ${ms}::float8 * interval '1 millisecond'`;
  const { rows } = await sql<Tried>`
    WITH delivery AS (
      UPDATE webhook_deliveries SET tries = tries + 1 WHERE id = ${id} RETURNING id, tries, tried_since
    ), attempt AS (
      INSERT INTO webhook_attempts (delivery_id, number, at, duration_ms, status_code, error_code, error_message, response_body)
      SELECT id, 1 + coalesce((SELECT max(number) FROM webhook_attempts WHERE delivery_id = ${id}), 0),
        ${outcome.at}::timestamptz, ${outcome.durationMs}::integer, ${outcome.statusCode}::integer, ${outcome.errorCode}::text,
        ${outcome.errorMessage}::text, ${outcome.responseBody}::text
      FROM delivery
    )
    SELECT tries, tries >= ${LEAST_TRIES} AND tried_since <= ${before(timing.webhookGiveUpMs)} AS "isOld",
      tries >= ${LEAST_TRIES} AND coalesce(
        (SELECT failing_since <= ${before(timing.webhookFailingMs)} FROM webhooks WHERE id = ${webhookId}::text), false
      ) AS "isFailing"
    FROM delivery
  `.execute(db);
  // Where the delivery is gone, its video is too.
  return rows[0] ?? { tries: 1, isOld: true, isFailing: false };
}

function reasonToDisable(
  { webhookId }: DueDelivery,
  { errorCode }: AttemptOutcome,
  { isFailing }: Tried,
): WebhookDisabledReason | null {
  if (webhookId === null || errorCode === "ADDRESS_NOT_ALLOWED") return null;
  if (errorCode === "GONE") return "GONE";
  return isFailing ? "FAILING" : null;
}

async function disable(db: Kysely<EngineSchema>, webhookId: string, reason: WebhookDisabledReason): Promise<void> {
  await db
    .updateTable("webhooks")
    .set({ disabled_at: sql<Date>`clock_timestamp()`, disabled_reason: reason })
    .where("id", "=", webhookId)
    .execute();
  await failPending(db, webhookId);
}
