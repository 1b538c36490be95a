import { deliveryIdFromUuid, videoIdFromUuid } from "@reelwire/core";
import type { EngineDatabase } from "../database/database.ts";
import type { EngineSchema } from "../database/schema.ts";
import { throughAnyOutage } from "../database-outage.ts";
import type { Logger } from "../logger.ts";
import { loadVideo } from "../store.ts";
import type { StoredVideo } from "../video-row.ts";
import { type AttemptLimits, attemptDelivery } from "./attempt-delivery.ts";
import type { DueDelivery } from "./claim-deliveries.ts";
import type { ReceiverNetwork } from "./receiver-address.ts";
import { finish, type RecordContext, type RetryTiming, recordAttempt } from "./record-attempt.ts";
import { callbackSecrets, secretsAt } from "./webhook-secret.ts";

/** How long it may take to say what is told of a video, in milliseconds. */
const DESCRIBE_MS = 15_000;

/** What delivering needs. */
export interface DeliverContext extends RecordContext {
  network: ReceiverNetwork;
  timing: RetryTiming & AttemptLimits;
  /** What receivers are told of a video. */
  describeVideo: (video: StoredVideo) => Promise<Record<string, unknown>>;
  log: Logger;
}

/**
 * Tries one delivery once, and records how it went.
 *
 * @param signal ends it: it is done again, by whoever claims it next
 * @returns how soon it is tried again, in milliseconds; `null`: it is not
 * @throws where something of ours failed, and nothing is recorded
 */
export type Deliver = (due: DueDelivery, signal: AbortSignal) => Promise<number | null>;

export function createDeliver(context: DeliverContext): Deliver {
  return (due, signal) => deliver(context, due, signal);
}

async function deliver(context: DeliverContext, due: DueDelivery, signal: AbortSignal): Promise<number | null> {
  const { db, log } = context;
  const secrets = await secretsOf(db, due);
  const videoId = videoIdFromUuid(due.videoId);
  const video = await loadVideo(db.kysely, videoId);
  if (secrets === null || video === null) {
    await db.transaction(async ({ kysely, executor }) => {
      await finish(kysely, due.id, "FAILED");
      await context.queue.complete(due.job, executor);
    });
    return null;
  }
  const webhookId = deliveryIdFromUuid(due.id);
  const body = JSON.stringify({
    type: due.event,
    timestamp: video.finishedAt?.toISOString(),
    payloadVersion: 1,
    data: await within(DESCRIBE_MS, context.describeVideo(video), signal),
  });
  const outcome = await attemptDelivery(
    context.network,
    context.timing,
    { url: due.url, webhookId, body, secrets },
    signal,
  );
  // For as long as it takes: only this process knows that it was delivered.
  const recorded = await throughAnyOutage(() => recordAttempt(context, due, outcome), signal);
  const { errorCode: code, statusCode, durationMs } = outcome;
  log.info(
    // The host alone: the rest of an address may be a secret.
    {
      delivery: webhookId,
      videoId,
      host: URL.parse(due.url)?.host,
      code,
      statusCode,
      durationMs,
      status: recorded.status,
    },
    "delivery tried",
  );
  if (recorded.disabled !== null) {
    log.warn({ webhook: due.webhookId, project: due.project, reason: recorded.disabled }, "webhook switched off");
  }
  return recorded.nextInMs;
}

/** What does not come in time has failed, so that no delivery is under way for ever. @throws the signal's reason */
async function within<Result>(ms: number, work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  const ended = AbortSignal.any([signal, AbortSignal.timeout(ms)]);
  const failed = Promise.withResolvers<never>();
  const fail = () => failed.reject(ended.reason);
  ended.addEventListener("abort", fail);
  try {
    ended.throwIfAborted();
    return await Promise.race([work, failed.promise]);
  } finally {
    ended.removeEventListener("abort", fail);
  }
}

/** What signs a delivery now; `null`: its webhook is gone. */
async function secretsOf(db: EngineDatabase<EngineSchema>, due: DueDelivery): Promise<string[] | null> {
  if (due.webhookId === null) return await callbackSecrets(db.kysely, due.project, new Date());
  const row = await db.kysely
    .selectFrom("webhooks")
    .select(["secret", "previous_secret", "previous_secret_until"])
    .where("id", "=", due.webhookId)
    .executeTakeFirst();
  return row === undefined ? null : secretsAt(row, new Date());
}
