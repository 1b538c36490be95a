import { type Kysely, type Selectable, sql } from "kysely";
import type { EngineDatabase } from "../database/database.ts";
import type { EngineSchema, UploadsTable } from "../database/schema.ts";
import { ownerOf, type Viewer } from "../viewer.ts";
import { imageTypeCalled } from "./image-type.ts";
import { assertRoom } from "./unused-uploads.ts";

type Db = Kysely<EngineSchema>;

/** An upload as it is stored. */
export type UploadRow = Selectable<UploadsTable>;

/** What is saved of an upload; it expires `keptMs` milliseconds later. */
export type NewUpload = Pick<UploadRow, "id" | "content_type" | "width" | "height" | "bytes"> & { keptMs: number };

/** The name of an upload's file in the archive. */
export function uploadKey({ id, content_type }: Pick<UploadRow, "id" | "content_type">): string {
  return `${id}.${imageTypeCalled(content_type).extension}`;
}

/** An upload that is used, or has not expired. */
const isGood = sql<boolean>`(expires_at IS NULL OR expires_at > clock_timestamp())`;

/**
 * Saves an upload, once however often it is called.
 *
 * @returns when it expires
 * @throws {ApiError} `TOO_MANY_UPLOADS`
 */
export async function insertUpload(
  db: EngineDatabase<EngineSchema>,
  viewer: Viewer,
  { keptMs, ...upload }: NewUpload,
): Promise<Date> {
  return await db.transaction(async ({ kysely }) => {
    await assertRoom(kysely, viewer, upload);
    const after = (ms: number) => sql<Date>`clock_timestamp() + ${ms}::float8 * interval '1 millisecond'`;
    const { expires_at } = await kysely
      .insertInto("uploads")
      .values({
        ...upload,
        ...ownerOf(viewer),
        key_id: viewer.keyId,
        created_at: after(0),
        expires_at: after(keptMs),
      })
      .onConflict((conflict) => conflict.column("id").doUpdateSet({ id: upload.id }))
      .returning("expires_at")
      .$narrowType<{ expires_at: Date }>()
      .executeTakeFirstOrThrow();
    return expires_at;
  });
}

/** An upload that can be seen and used; `null`: there is none, or it has expired. */
export async function findUpload(db: Db, id: string): Promise<UploadRow | null> {
  const row = await db.selectFrom("uploads").selectAll().where("id", "=", id).where(isGood).executeTakeFirst();
  return row ?? null;
}

/**
 * Keeps an upload for good, if it is the viewer's and has not expired.
 *
 * @returns whether it is kept
 */
export async function keepUpload(transaction: Db, viewer: Viewer, id: string): Promise<boolean> {
  const { project, subject } = ownerOf(viewer);
  let update = transaction
    .updateTable("uploads")
    .set({ expires_at: null })
    .where("id", "=", id)
    .where("project", "=", project)
    .where(isGood);
  // A token for some videos acts for nobody else, though it has no subject.
  const actsForAll = viewer.subject === null && viewer.videoIds === undefined;
  if (!actsForAll) update = update.where("subject", "=", subject);
  return (await update.returning("id").executeTakeFirst()) !== undefined;
}

/**
 * Uploads that have expired, at most so many: nobody uses them, or will. One that a video is just being made from is left
 * out, since its row is locked; after that it does not expire.
 */
export async function expiredUploads(db: EngineDatabase<EngineSchema>, limit: number): Promise<UploadRow[]> {
  return await db.transaction(({ kysely }) =>
    kysely
      .selectFrom("uploads")
      .selectAll()
      .where("expires_at", "<=", sql<Date>`clock_timestamp()`)
      .orderBy("expires_at")
      .limit(limit)
      .forUpdate()
      .skipLocked()
      .execute(),
  );
}

/** Deletes an upload that no video is made from. */
export async function deleteUnused(db: Db, id: string): Promise<void> {
  await db.deleteFrom("uploads").where("id", "=", id).where("expires_at", "is not", null).execute();
}
