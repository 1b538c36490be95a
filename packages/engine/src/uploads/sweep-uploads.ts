import type { Archive } from "../archive/archive.ts";
import type { EngineDatabase } from "../database/database.ts";
import type { EngineSchema } from "../database/schema.ts";
import type { Logger } from "../logger.ts";
import { pause } from "../wake.ts";
import { deleteUnused, expiredUploads, uploadKey } from "./upload-rows.ts";

/** What sweeping needs. */
export interface SweepUploadsContext {
  db: EngineDatabase<EngineSchema>;
  archive: Archive;
  /** How often to look, in milliseconds. */
  everyMs: number;
  log: Logger;
}

/** Uploads looked for at once. */
const BATCH = 100;

/** Deletes uploads that have expired, now and then, until `closing` aborts. */
export async function sweepUploads(context: SweepUploadsContext, closing: AbortSignal): Promise<void> {
  while (!closing.aborted) {
    try {
      await sweepUploadsOnce(context, closing);
    } catch (error) {
      if (!closing.aborted) context.log.error({ err: error }, "expired uploads could not be deleted");
    }
    await pause(context.everyMs, closing);
  }
}

/**
 * Deletes all uploads that have expired: first the file, then the row, by which a file that is left over is found again. Two nodes at
 * the same ones do no harm.
 *
 * @returns how many there were
 */
export async function sweepUploadsOnce(context: SweepUploadsContext, closing: AbortSignal): Promise<number> {
  const { db, archive, log } = context;
  let deleted = 0;
  for (;;) {
    const expired = await expiredUploads(db, BATCH);
    for (const upload of expired) {
      if (closing.aborted) return deleted;
      await archive.delete(uploadKey(upload));
      await deleteUnused(db.kysely, upload.id);
      deleted += 1;
    }
    if (expired.length < BATCH) break;
  }
  if (deleted > 0) log.info({ deleted }, "expired uploads were deleted");
  return deleted;
}
