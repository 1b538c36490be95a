import { toStorableText, type VideoState } from "@reelwire/core";
import { type Kysely, sql } from "kysely";
import type { EngineSchema } from "../database/schema.ts";
import { type StoredVideo, videoUuid } from "../video-row.ts";
import { count } from "./budget-counters.ts";
import { toMicros } from "./micro-dollars.ts";

/** What a video holds as long as it is not finished, in millionths of a US dollar. */
export function heldWhileUnderWay({ estimatedUsd }: Pick<StoredVideo, "estimatedUsd">): number {
  return toMicros(estimatedUsd ?? 0);
}

/**
 * What a video that becomes final turns out to have cost, in millionths of a US dollar. `null`: it is not known, and stays held until
 * the ledger tells; or the video is not final.
 *
 * @param video as it was before
 * @param next as it is from now on
 */
export function costOf(video: StoredVideo, next: VideoState): number | null {
  if (next.finishedAt === null) return null;
  if (next.chargedUsd !== null) return Math.max(0, toMicros(next.chargedUsd));
  if (next.status === "FAILED" && next.error?.billed === false) return 0;
  // Nothing had been sent, or what was is known not to have been accepted.
  if (next.status === "CANCELED" && video.status === "ACCEPTED") return 0;
  return null;
}

/**
 * Sets what a finished video has cost, as the ledger says, or says nothing of it, and changes the counters of its budgets with it.
 *
 * @param spentMicros in millionths of a US dollar
 */
export async function settleCharge(
  db: Kysely<EngineSchema>,
  { uuid, createdAt }: { uuid: string; createdAt: Date },
  spentMicros: number,
): Promise<void> {
  const delta = sql`(SELECT ${spentMicros}::bigint - held_micros - spent_micros FROM settled)`;
  await sql`
    WITH settled AS (
        SELECT id, project, subject, key_id, held_micros, spent_micros FROM videos
        WHERE id = ${uuid} AND finished_at IS NOT NULL FOR UPDATE
      ),
      updated AS (
        UPDATE videos SET held_micros = 0, spent_micros = ${spentMicros} FROM settled WHERE videos.id = settled.id
      )
    ${count("settled", { delta, unseen: delta, acceptedAt: createdAt })}
  `.execute(db);
}

/** Notes which generation a finished video turned out to have, so that the ledger's charge is known to be its own. No new version. */
export async function noteGeneration(db: Kysely<EngineSchema>, id: string, generationId: string): Promise<void> {
  await db
    .updateTable("videos")
    .set({ generation_id: toStorableText(generationId) })
    .where("id", "=", videoUuid(id))
    .where("finished_at", "is not", null)
    .where("generation_id", "is", null)
    .execute();
}
