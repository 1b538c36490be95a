import {
  type FinalStatus,
  isFinal,
  isStorableText,
  type VideoEvent,
  type VideoState,
  type VideoStatus,
  videoIdToUuid,
} from "@reelwire/core";
import { type ExpressionBuilder, type Kysely, type RawBuilder, sql } from "kysely";
import type { EngineSchema } from "./database/schema.ts";
import type { EmbeddedImages } from "./embedded-images.ts";
import { searchPattern } from "./search-pattern.ts";
import { type CountedBudget, count } from "./spending/budget-counters.ts";
import { costOf, heldWhileUnderWay } from "./spending/video-cost.ts";
import { type StoredVideo, stateColumns, stateFromJson, stateToJson, videoFromRow, videoUuid } from "./video-row.ts";
import type { Owner, Viewer } from "./viewer.ts";
import { type NewDelivery, receiversOf, tellsNobody } from "./webhooks/outbox.ts";

type Db = Kysely<EngineSchema>;

/** Which videos to list. Everything given must hold. */
export interface VideoFilter {
  statuses?: readonly VideoStatus[];
  externalId?: string;
  idempotencyKey?: string;
  /** What the prompt or the external id contains, in whatever case. */
  search?: string;
  /** Exclusive. */
  createdAfter?: Date;
  /** Exclusive. */
  createdBefore?: Date;
}

/** A stretch of the list: ids strictly older than `olderThan` and strictly newer than `newerThan`. */
export interface VideoPage {
  /** Most videos to answer. */
  limit: number;
  olderThan?: string;
  newerThan?: string;
  /** `newest` first (default), or `oldest` first, as paging backwards needs. */
  order?: "newest" | "oldest";
}

/**
 * Who carries a video. The fence alone tells claims apart, but for a database that has failed over to one that did not know
 * of the last: there, two nodes may have been given the same number.
 */
export interface Claim {
  /** Greater than that of every earlier claim (invariant 5). */
  fence: number;
  nodeId: string;
}

/** What was saved of a version. */
export interface SavedVersion {
  video: StoredVideo;
  next: VideoState;
  /** What made it, or `restored`: it was saved before, in a database that has gone back since. */
  event: VideoEvent["type"] | "restored";
}

/**
 * Saves a new video, its images and its first version. It holds what it will cost, as far as that is known. `false` when its
 * idempotency key or external id is taken.
 *
 * @param callbackUrl who is told of its end
 */
export async function insertVideo(
  db: Db,
  video: StoredVideo,
  images: EmbeddedImages | null,
  turn: number,
  callbackUrl: string | null = null,
): Promise<boolean> {
  const uuid = videoUuid(video.id);
  const inserted = await db
    .insertInto("videos")
    .values({
      id: uuid,
      project: video.owner.project,
      subject: video.owner.subject,
      key_id: video.keyId,
      request: JSON.stringify(video.request),
      fingerprint: video.fingerprint,
      idempotency_key: video.idempotencyKey,
      external_id: video.externalId,
      estimated_usd: video.estimatedUsd,
      created_at: video.createdAt,
      archived_at: null,
      turn,
      held_micros: heldWhileUnderWay(video),
      ...(callbackUrl === null ? {} : { callback_urls: [callbackUrl] }),
      ...stateColumns(video),
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  if (inserted.numInsertedOrUpdatedRows !== 1n) return false;
  if (images !== null) {
    await db
      .insertInto("video_images")
      .values({ video_id: uuid, image_url: images.imageUrl, last_image_url: images.lastImageUrl })
      .execute();
  }
  await db
    .insertInto("video_events")
    .values({
      video_id: uuid,
      version: video.version,
      event: "accepted",
      state: stateToJson(video),
      at: video.updatedAt,
    })
    .execute();
  return true;
}

/** The video with this id, whoever owns it: for the engine's own use. */
export async function loadVideo(db: Db, id: string): Promise<StoredVideo | null> {
  const row = await db.selectFrom("videos").selectAll().where("id", "=", videoUuid(id)).executeTakeFirst();
  return row === undefined ? null : videoFromRow(row);
}

/** The video with this id, if the viewer may see it. A text that is no video id is nobody's video. */
export async function findVideo(db: Db, viewer: Viewer, id: string): Promise<StoredVideo | null> {
  const uuid = videoIdToUuid(id);
  if (uuid === null) return null;
  const row = await db
    .selectFrom("videos")
    .selectAll()
    .where("id", "=", uuid)
    .where((eb) => visibleTo(eb, viewer))
    .executeTakeFirst();
  return row === undefined ? null : videoFromRow(row);
}

/** The video of this owner that was made with this idempotency key. */
export async function findByIdempotencyKey(db: Db, owner: Owner, idempotencyKey: string): Promise<StoredVideo | null> {
  const row = await db
    .selectFrom("videos")
    .selectAll()
    .where("project", "=", owner.project)
    .where("subject", "=", owner.subject)
    .where("idempotency_key", "=", idempotencyKey)
    .executeTakeFirst();
  return row === undefined ? null : videoFromRow(row);
}

/** The videos a viewer may see, a page at a time. Ids sort by creation. */
export async function listVideos(db: Db, viewer: Viewer, filter: VideoFilter, page: VideoPage): Promise<StoredVideo[]> {
  // What cannot be stored is nobody's key, and in nobody's prompt.
  const texts = [filter.externalId, filter.idempotencyKey, filter.search];
  if (!texts.every((text) => isStorableText(text ?? ""))) return [];
  // SQL has no empty list.
  if (filter.statuses?.length === 0) return [];
  let query = db
    .selectFrom("videos")
    .selectAll()
    .where((eb) => visibleTo(eb, viewer))
    .orderBy("id", page.order === "oldest" ? "asc" : "desc")
    .limit(page.limit);
  if (filter.statuses !== undefined) query = query.where("status", "in", [...filter.statuses]);
  if (filter.externalId !== undefined) query = query.where("external_id", "=", filter.externalId);
  if (filter.idempotencyKey !== undefined) query = query.where("idempotency_key", "=", filter.idempotencyKey);
  if (filter.search !== undefined) {
    const pattern = searchPattern(filter.search);
    query = query.where((eb) =>
      eb.or([eb(sql<string>`request->>'prompt'`, "~", pattern), eb("external_id", "~", pattern)]),
    );
  }
  if (filter.createdAfter !== undefined) query = query.where("created_at", ">", filter.createdAfter);
  if (filter.createdBefore !== undefined) query = query.where("created_at", "<", filter.createdBefore);
  if (page.olderThan !== undefined) query = query.where("id", "<", videoUuid(page.olderThan));
  if (page.newerThan !== undefined) query = query.where("id", ">", videoUuid(page.newerThan));
  return (await query.execute()).map(videoFromRow);
}

/** Every version after `version`, in order, as it was saved. */
export async function versionsAfter(db: Db, id: string, version: number): Promise<VideoState[]> {
  const rows = await db
    .selectFrom("video_events")
    .select("state")
    .where("video_id", "=", videoUuid(id))
    .where("version", ">", version)
    .orderBy("version")
    .execute();
  return rows.map((row) => stateFromJson(row.state));
}

/**
 * Whether a node has a row that is not lost, and will have for the rest of this transaction: whoever calls it lost must
 * wait.
 */
export async function nodeLives(transaction: Db, nodeId: string): Promise<boolean> {
  const row = await transaction
    .selectFrom("nodes")
    .select("id")
    .where("id", "=", nodeId)
    .where("lost", "=", false)
    // Not FOR SHARE, which this node's own heartbeat would wait for, and every other node for that.
    .forKeyShare()
    .executeTakeFirst();
  return row !== undefined;
}

/** Takes many videos as `claimVideo` takes one, for the node that carries them. */
export async function claimVideos(
  db: Db,
  claims: readonly { videoId: string; fence: number }[],
  nodeId: string,
): Promise<StoredVideo[]> {
  const ids = claims.map(({ videoId }) => videoUuid(videoId));
  const fences = claims.map(({ fence }) => fence);
  const rows = await db
    .updateTable("videos")
    .from(
      sql<{ id: string; fence: number }>`unnest(${ids}::uuid[], ${fences}::int4[])`.as<"claim">(sql`claim (id, fence)`),
    )
    .set((eb) => ({ fence: eb.ref("claim.fence"), node_id: nodeId }))
    .whereRef("videos.id", "=", "claim.id")
    .whereRef("videos.fence", "<=", "claim.fence")
    .returningAll("videos")
    .execute();
  return rows.map(videoFromRow);
}

/**
 * Takes a video for one claim of its job. Each claim has a greater fence than the ones before, so an older claim that
 * wakes up late gets `null` here, and its writes change nothing (invariant 5). The same claim may ask again.
 */
export async function claimVideo(db: Db, id: string, { fence, nodeId }: Claim): Promise<StoredVideo | null> {
  const row = await db
    .updateTable("videos")
    .set({ fence, node_id: nodeId })
    .where("id", "=", videoUuid(id))
    .where((eb) => eb.or([eb("fence", "<", fence), eb.and([eb("fence", "=", fence), eb("node_id", "=", nodeId)])]))
    .returningAll()
    .executeTakeFirst();
  return row === undefined ? null : videoFromRow(row);
}

/** A video as it is, for the claim that carries it; `null`: it is gone, or another claim has it. */
export async function loadClaimed(db: Db, id: string, { fence, nodeId }: Claim): Promise<StoredVideo | null> {
  const row = await db
    .selectFrom("videos")
    .selectAll()
    .where("id", "=", videoUuid(id))
    .where("fence", "=", fence)
    .where("node_id", "=", nodeId)
    .executeTakeFirst();
  return row === undefined ? null : videoFromRow(row);
}

/**
 * Saves a transition, all in one statement: the row and its event, and, with a final version, what the video has cost, the budgets that
 * this changes, and what is to be told to whom, so that none of it can be lost. It changes nothing where the row has another version by
 * now, or, for a claim, belongs to another one (invariant 5).
 *
 * @param claim `null` for what anybody may do, such as canceling
 * @returns the deliveries that want a job each; `null` where nothing was changed
 */
export async function saveVersion(db: Db, saved: SavedVersion, claim: Claim | null): Promise<NewDelivery[] | null> {
  const { status } = saved.next;
  // The statement that tells takes twice as long to plan, and nearly always nobody is to be told: that is tried first.
  const unlessTold = isFinal(status) ? tellsNobody : null;
  const rows = await saving(db, saved, claim, unlessTold).selectFrom("saved").select("version").execute();
  if (rows.length > 0) return [];
  return isFinal(status) ? await saveAndTell(db, saved, claim, status) : null;
}

async function saveAndTell(db: Db, saved: SavedVersion, claim: Claim | null, status: FinalStatus) {
  const rows = await saving(db, saved, claim, null)
    .with("told", () => receiversOf("updated", status))
    .selectFrom("saved")
    .leftJoin("told", (join) => join.onTrue())
    .select(["told.id", "told.project", "told.url"])
    .execute();
  if (rows.length === 0) return null;
  return rows.flatMap(({ id, project, url }) =>
    id === null || project === null || url === null ? [] : [{ id, project, url }],
  );
}

/** The beginning of a statement that saves a transition; `saved` has a row where it does. */
function saving(
  db: Db,
  { video, next, event }: SavedVersion,
  claim: Claim | null,
  condition: RawBuilder<boolean> | null,
) {
  const cost = costOf(video, next);
  return db
    .with("updated", (cte) => {
      let update = cte
        .updateTable("videos")
        .set({ ...stateColumns(next), ...(cost === null ? {} : { held_micros: 0, spent_micros: cost }) })
        .where("id", "=", videoUuid(video.id))
        .where("version", "=", video.version);
      if (claim !== null) update = update.where("fence", "=", claim.fence).where("node_id", "=", claim.nodeId);
      if (condition !== null) update = update.where(condition);
      return update.returning(["id", "project", "subject", "key_id", "external_id", "request", "callback_urls"]);
    })
    .with("counted", () => {
      const changeMicros = cost === null ? 0 : cost - heldWhileUnderWay(video);
      // As nearly always: it cost what it held.
      if (changeMicros === 0) return sql<CountedBudget>`(SELECT)`;
      const delta = sql`${changeMicros}::bigint`;
      return sql<CountedBudget>`(${count("updated", { delta, unseen: delta, acceptedAt: video.createdAt })})`;
    })
    .with("saved", (cte) =>
      cte
        .insertInto("video_events")
        .columns(["video_id", "version", "event", "state", "at"])
        .expression((eb) =>
          eb
            .selectFrom("updated")
            .select([
              "updated.id",
              sql<number>`${next.version}::integer`.as("version"),
              sql<string>`${event}::text`.as("event"),
              sql<string>`${stateToJson(next)}::jsonb`.as("state"),
              sql<Date>`${next.updatedAt}::timestamptz`.as("at"),
            ]),
        )
        .returning("version"),
    );
}

/** Records that our copy of a finished file is complete. No new version: `url` stays the same. */
export async function saveArchived(db: Db, id: string, at: Date): Promise<void> {
  await db.updateTable("videos").set({ archived_at: at }).where("id", "=", videoUuid(id)).execute();
}

/** How many videos are in each status that is not final. */
export async function countUnfinished(db: Db): Promise<Partial<Record<VideoStatus, number>>> {
  const rows = await db
    .selectFrom("videos")
    .select(["status", (eb) => eb.fn.countAll<number>().as("count")])
    .where("finished_at", "is", null)
    .groupBy("status")
    .execute();
  return Object.fromEntries(rows.map(({ status, count }) => [status, count]));
}

/** How many nodes are not known to be gone, and how many of them carry videos. */
export async function countNodes(db: Db): Promise<{ live: number; carrying: number }> {
  return await db
    .selectFrom("nodes")
    .select([
      (eb) => eb.fn.countAll<number>().as("live"),
      (eb) => eb.fn.countAll<number>().filterWhere("carries", "=", true).as("carrying"),
    ])
    .where("lost", "=", false)
    .executeTakeFirstOrThrow();
}

export function visibleTo(eb: ExpressionBuilder<EngineSchema, "videos">, viewer: Viewer) {
  const inProject = eb("project", "=", viewer.project);
  if (viewer.videoIds !== undefined) {
    const uuids = viewer.videoIds.map(videoIdToUuid).filter((uuid) => uuid !== null);
    return eb.and([inProject, eb("id", "=", sql<string>`ANY(${uuids}::uuid[])`)]);
  }
  return viewer.subject === null ? inProject : eb.and([inProject, eb("subject", "=", viewer.subject)]);
}
