import {
  deliveryIdFromUuid,
  isStorableText,
  videoIdFromUuid,
  videoIdToUuid,
  type WebhookDeliveryStatus,
  type WebhookErrorCode,
  type WebhookEventType,
} from "@reelwire/core";
import { type ExpressionBuilder, type Kysely, type Selectable, sql } from "kysely";
import type { EngineSchema, WebhookAttemptsTable, WebhookDeliveriesTable } from "../database/schema.ts";
import type { Viewer } from "../viewer.ts";
import type { WebhookAttempt, WebhookDelivery, WebhookDeliveryFilter } from "./webhooks.ts";

type Db = Kysely<EngineSchema>;
type DeliveryRow = Selectable<WebhookDeliveriesTable>;

/** Those to webhooks that the viewer may see, and to the callbacks of videos that it may see. */
function visible(eb: ExpressionBuilder<EngineSchema, "webhook_deliveries">, viewer: Viewer) {
  const inProject = eb("project", "=", viewer.project);
  if (viewer.videoIds !== undefined) {
    const uuids = viewer.videoIds.map(videoIdToUuid).filter((uuid) => uuid !== null);
    return eb.and([inProject, eb("webhook_id", "is", null), eb("video_id", "=", sql<string>`ANY(${uuids}::uuid[])`)]);
  }
  return viewer.subject === null ? inProject : eb.and([inProject, eb("subject", "=", viewer.subject)]);
}

/** Deliveries that a viewer may see, the newest first, with all their attempts. */
export async function listDeliveries(
  db: Db,
  viewer: Viewer,
  { webhookId, videoId, status }: WebhookDeliveryFilter,
  limit: number,
): Promise<WebhookDelivery[]> {
  const videoUuid = videoId === undefined ? undefined : videoIdToUuid(videoId);
  if (videoUuid === null || !isStorableText(webhookId ?? "")) return [];
  let query = db
    .selectFrom("webhook_deliveries")
    .selectAll()
    .where((eb) => visible(eb, viewer))
    .orderBy("created_at", "desc")
    .orderBy("id", "desc")
    .limit(limit);
  if (webhookId !== undefined) query = query.where("webhook_id", "=", webhookId);
  if (videoUuid !== undefined) query = query.where("video_id", "=", videoUuid);
  if (status !== undefined) query = query.where("status", "=", status);
  return await withAttempts(db, await query.execute());
}

/**
 * Has a delivery begin anew, within a transaction, whatever became of it. `null` where there is none that the viewer may see, or its
 * webhook is gone.
 */
export async function restartDelivery(
  transaction: Db,
  viewer: Viewer,
  uuid: string,
): Promise<{ row: DeliveryRow; delivery: WebhookDelivery } | null> {
  const now = sql<Date>`clock_timestamp()`;
  const row = await transaction
    .updateTable("webhook_deliveries")
    .set({ status: "PENDING", tried_since: now, tries: 0, next_attempt_at: now, finished_at: null })
    .where("id", "=", uuid)
    .where((eb) => visible(eb, viewer))
    .where((eb) =>
      eb.or([
        eb("webhook_id", "is", null),
        eb.exists(
          eb.selectFrom("webhooks").select("webhooks.id").whereRef("webhooks.id", "=", "webhook_deliveries.webhook_id"),
        ),
      ]),
    )
    .returningAll()
    .executeTakeFirst();
  if (row === undefined) return null;
  const [delivery] = await withAttempts(transaction, [row]);
  return delivery === undefined ? null : { row, delivery };
}

async function withAttempts(db: Db, rows: readonly DeliveryRow[]): Promise<WebhookDelivery[]> {
  const ids = rows.map(({ id }) => id);
  const attempts = await db
    .selectFrom("webhook_attempts")
    .selectAll()
    .where("delivery_id", "=", sql<string>`ANY(${ids}::uuid[])`)
    .orderBy("number")
    .execute();
  const byDelivery = Map.groupBy(attempts, (attempt) => attempt.delivery_id);
  return rows.map((row) => deliveryFromRow(row, byDelivery.get(row.id) ?? []));
}

function deliveryFromRow(row: DeliveryRow, attempts: readonly Selectable<WebhookAttemptsTable>[]): WebhookDelivery {
  return {
    id: deliveryIdFromUuid(row.id),
    webhookId: row.webhook_id,
    url: row.url,
    event: row.event as WebhookEventType,
    videoId: videoIdFromUuid(row.video_id),
    status: row.status as WebhookDeliveryStatus,
    createdAt: row.created_at,
    nextAttemptAt: row.next_attempt_at,
    finishedAt: row.finished_at,
    attempts: attempts.map(attemptFromRow),
  };
}

function attemptFromRow(row: Selectable<WebhookAttemptsTable>): WebhookAttempt {
  return {
    number: row.number,
    at: row.at,
    durationMs: row.duration_ms,
    statusCode: row.status_code,
    errorCode: row.error_code as WebhookErrorCode | null,
    errorMessage: row.error_message,
    responseBody: row.response_body,
  };
}
