import { type FinalStatus, webhookEventType } from "@reelwire/core";
import { type Kysely, type RawBuilder, sql } from "kysely";
import type { EngineSchema } from "../database/schema.ts";
import { videoUuid } from "../video-row.ts";

/*
 * What is to be told is written down in the statement that ends the video (docs/decisions/0015), and given a job afterwards: at
 * once by whoever wrote it, or else by a sweep.
 */

/** A delivery that wants a job. */
export interface NewDelivery {
  /** A UUID: the job's, too. */
  id: string;
  project: string;
  url: string;
}

/** Most callbacks of one video. */
export const MAX_CALLBACKS = 10;

/**
 * Whether nobody is to be told of a video's end, as a condition on its row: it has no callbacks, and its project no webhooks. What the
 * row says is read as it is once it is locked.
 */
export const tellsNobody = sql<boolean>`(
  callback_urls = '{}' AND NOT EXISTS (SELECT FROM webhooks WHERE webhooks.project = videos.project)
)`;

/**
 * Writes down who is told that a video has ended: its callbacks, and every webhook that asks for it and is on. Part of a statement.
 *
 * @param video the name of a relation of at most one row, with the columns of the video as it is now
 * @param status how it ended
 */
export function receiversOf(video: string, status: FinalStatus): RawBuilder<NewDelivery> {
  const event = webhookEventType(status);
  return sql`(
    INSERT INTO webhook_deliveries (webhook_id, video_id, project, subject, url, event)
    SELECT webhook.id, video.id, video.project, webhook.subject, webhook.url, ${event}::text
    FROM ${sql.table(video)} AS video JOIN webhooks AS webhook ON webhook.project = video.project
    WHERE webhook.disabled_at IS NULL
      AND webhook.events && ARRAY[${event}::text, 'video.finished']::text[]
      AND (webhook.subject = '' OR webhook.subject = video.subject)
      AND coalesce(webhook.filter_subject, video.subject) = video.subject
      AND coalesce(webhook.filter_model, video.request->>'model') = video.request->>'model'
      AND (webhook.filter_external_id_prefix IS NULL OR starts_with(video.external_id, webhook.filter_external_id_prefix))
    UNION ALL
    SELECT NULL, video.id, video.project, video.subject, callback.url, ${event}::text
    FROM ${sql.table(video)} AS video, unnest(video.callback_urls) AS callback (url)
    ON CONFLICT DO NOTHING
    RETURNING id, project, url
  )`;
}

/**
 * Has one more address told of a video's end; of one that is finished it is told at once. What the row says decides, locked, so that no
 * end can come in between. An address that it has already changes nothing.
 *
 * @returns the delivery that wants a job, or none; `null` where there are too many already
 */
export async function addCallback(
  db: Kysely<EngineSchema>,
  videoId: string,
  url: string,
): Promise<NewDelivery[] | null> {
  const id = videoUuid(videoId);
  const { rows } = await sql<NewDelivery | { id: null }>`
    WITH added AS (
      UPDATE videos SET callback_urls = array_append(callback_urls, ${url})
      WHERE id = ${id} AND NOT ${url} = ANY(callback_urls) AND cardinality(callback_urls) < ${MAX_CALLBACKS}
      RETURNING id, project, subject, status, finished_at
    ), told AS (
      INSERT INTO webhook_deliveries (video_id, project, subject, url, event)
      SELECT id, project, subject, ${url}, ${eventOf(sql`status`)} FROM added WHERE finished_at IS NOT NULL
      ON CONFLICT DO NOTHING
      RETURNING id, project, url
    )
    SELECT told.id, told.project, told.url FROM added LEFT JOIN told ON true
  `.execute(db);
  if (rows.length > 0) return rows.filter((row) => row.id !== null);
  return (await hasCallback(db, videoId, url)) ? [] : null;
}

/** Whether an address is told of a video's end already. */
export async function hasCallback(db: Kysely<EngineSchema>, videoId: string, url: string): Promise<boolean> {
  const row = await db
    .selectFrom("videos")
    .select("id")
    .where("id", "=", videoUuid(videoId))
    .where(sql<boolean>`${url} = ANY(callback_urls)`)
    .executeTakeFirst();
  return row !== undefined;
}

function eventOf(status: RawBuilder<unknown>): RawBuilder<string> {
  const cases = (["COMPLETED", "FAILED", "CANCELED"] as const).map(
    (name) => sql`WHEN ${name} THEN ${webhookEventType(name)}::text`,
  );
  return sql`CASE ${status} ${sql.join(cases, sql` `)} END`;
}
