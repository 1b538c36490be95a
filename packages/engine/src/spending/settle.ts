import { toStorableText } from "@reelwire/core";
import { type Kysely, sql } from "kysely";
import type { EngineSchema } from "../database/schema.ts";
import type { Claim } from "../store.ts";
import { type StoredVideo, videoUuid } from "../video-row.ts";
import { count } from "./budget-counters.ts";

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

/**
 * Notes which generation a finished video turned out to have, so that the ledger's charge is known to be its own. No new version.
 *
 * @param claim who carries it (invariant 5); `null` for the ledger's reader, as long as nobody knows
 */
export async function noteGeneration(
  db: Kysely<EngineSchema>,
  id: string,
  generationId: string,
  claim: Claim | null,
): Promise<void> {
  const update = db
    .updateTable("videos")
    .set({ generation_id: toStorableText(generationId) })
    .where("id", "=", videoUuid(id))
    .where("finished_at", "is not", null)
    .where("generation_id", "is", null);
  const mine = claim === null ? update : update.where("fence", "=", claim.fence).where("node_id", "=", claim.nodeId);
  await mine.execute();
}

/**
 * Releases what a canceled video holds, since it turned out that its last POST was not accepted.
 *
 * @param video as it was when that was sent
 * @param claim who sent it (invariant 5)
 */
export async function releaseCanceled(
  db: Kysely<EngineSchema>,
  { id, createdAt, attempt }: Pick<StoredVideo, "id" | "createdAt" | "attempt">,
  { fence, nodeId }: Claim,
): Promise<void> {
  const canceled = await db
    .selectFrom("videos")
    .select("id")
    .where("id", "=", videoUuid(id))
    .where("status", "=", "CANCELED")
    .where("attempt", "=", attempt)
    .where("fence", "=", fence)
    .where("node_id", "=", nodeId)
    .executeTakeFirst();
  if (canceled !== undefined) await settleCharge(db, { uuid: canceled.id, createdAt }, 0);
}
