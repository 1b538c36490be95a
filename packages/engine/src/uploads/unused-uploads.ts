import { ApiError } from "@reelwire/core";
import { type Kysely, sql } from "kysely";
import type { EngineSchema } from "../database/schema.ts";
import { ownerOf, type Viewer } from "../viewer.ts";

/** How much may be uploaded and not used. */
interface Room {
  images: number;
  bytes: number;
}

const MIB = 1024 * 1024;

/** One user, or a project's own servers. */
const OF_ONE: Room = { images: 100, bytes: 256 * MIB };
/** A project with all its users: there may be very many of them. */
const OF_PROJECT: Room = { images: 10_000, bytes: 10 * 1024 * MIB };

/**
 * Holds a caller to what may be uploaded and not used in videos; until the transaction ends nobody else of the project adds to it.
 *
 * @throws {ApiError} `TOO_MANY_UPLOADS`
 */
export async function assertRoom(
  transaction: Kysely<EngineSchema>,
  viewer: Viewer,
  upload: { id: string; bytes: number },
): Promise<void> {
  const { project, subject } = ownerOf(viewer);
  await sql`SELECT pg_advisory_xact_lock(hashtextextended(${`uploads ${project}`}, 0))`.execute(transaction);
  const own = sql`subject = ${subject}`;
  const { rows } = await sql<{ images: number; bytes: number; all_images: number; all_bytes: number }>`
    SELECT
      count(*) FILTER (WHERE ${own}) AS images,
      coalesce(sum(bytes) FILTER (WHERE ${own}), 0)::bigint AS bytes,
      count(*) AS all_images,
      coalesce(sum(bytes), 0)::bigint AS all_bytes
    FROM uploads WHERE project = ${project} AND expires_at IS NOT NULL AND id <> ${upload.id}
  `.execute(transaction);
  const { images = 0, bytes = 0, all_images = 0, all_bytes = 0 } = rows[0] ?? {};
  if (!fits({ images, bytes }, upload.bytes, OF_ONE)) throw tooMany(OF_ONE, "");
  if (!fits({ images: all_images, bytes: all_bytes }, upload.bytes, OF_PROJECT)) {
    throw tooMany(OF_PROJECT, " in one project");
  }
}

function fits(used: Room, bytes: number, room: Room): boolean {
  return used.images + 1 <= room.images && used.bytes + bytes <= room.bytes;
}

function tooMany(room: Room, where: string): ApiError {
  const most = `${room.images.toLocaleString("en")} images, or ${(room.bytes / MIB).toLocaleString("en")} MiB of them`;
  return new ApiError(
    "TOO_MANY_UPLOADS",
    `At most ${most}, may wait${where} for a video to be made from them. Make some, or upload again when others have expired.`,
  );
}
