import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { videoIdFromUuid } from "@reelwire/core";
import type { Kysely } from "kysely";
import pLimit from "p-limit";
import type { Archive } from "../archive/archive.ts";
import { ArchiveError } from "../archive/archive-error.ts";
import { diskError, nullIfMissing, onDisk } from "../archive/disk-error.ts";
import { type FilesOptions, openArchive } from "../archive/open-archive.ts";
import { archiveKey } from "../archive-video.ts";
import type { EngineSchema } from "../database/schema.ts";
import { silentLogger } from "../logger.ts";
import { openDatabase } from "../open-database.ts";
import type { TransferOptions } from "./export-database.ts";

export interface CopyFilesOptions extends TransferOptions {
  /** The directory of finished files to copy from; left as it is. */
  from: string;
  /** Where the files of the database are kept. */
  files: FilesOptions;
}

/** What became of the files of the completed videos. */
export interface CopiedFiles {
  copied: number;
  /** They were there already. */
  present: number;
  /** Copied from the upstream once, and neither there nor in the directory. */
  missing: number;
}

/** Files copied at a time, and videos looked at. */
const AT_A_TIME = 8;
const BATCH = 1_000;

/**
 * Copies the finished files of a database's videos from a directory to where they are kept, as far as they are not there.
 * May be done again after it failed half way, and while gateways run.
 *
 * @throws {DatabaseError} those of opening the database
 * @throws {ArchiveError} where a file cannot be read or stored
 */
export async function copyFiles(options: CopyFilesOptions): Promise<CopiedFiles> {
  const { from, files, log = silentLogger, onProgress = () => {} } = options;
  const { db, bus } = await openDatabase(options, log);
  try {
    const archive = await openArchive(files);
    const limit = pLimit(AT_A_TIME);
    const counts = { copied: 0, present: 0, missing: 0, none: 0 };
    const total = await countCompleted(db.kysely);
    let done = 0;
    for await (const videos of completedVideos(db.kysely)) {
      await limit.map(videos, async ({ id, wasArchived }) => {
        const outcome = await copyFile(archive, archiveKey(id), from);
        counts[outcome === "missing" && !wasArchived ? "none" : outcome] += 1;
        done += 1;
        onProgress(done, total);
      });
    }
    return { copied: counts.copied, present: counts.present, missing: counts.missing };
  } finally {
    await bus.close();
    await db.close();
  }
}

async function copyFile(archive: Archive, key: string, from: string): Promise<keyof CopiedFiles> {
  if ((await archive.stat(key)) !== null) return "present";
  const path = join(from, key);
  const found = await onDisk(() => stat(path).catch(nullIfMissing));
  if (found === null) return "missing";
  await archive.put(key, readFile(path), {
    async verify({ bytes }) {
      if (bytes !== found.size) throw new ArchiveError("ARCHIVE_FAILED", "A file changed while it was copied.");
    },
  });
  return "copied";
}

async function* readFile(path: string): AsyncGenerator<Uint8Array> {
  try {
    yield* createReadStream(path);
  } catch (error) {
    throw diskError(error);
  }
}

async function countCompleted(kysely: Kysely<EngineSchema>): Promise<number> {
  const { count } = await kysely
    .selectFrom("videos")
    .select((eb) => eb.fn.countAll<number>().as("count"))
    .where("status", "=", "COMPLETED")
    .executeTakeFirstOrThrow();
  return count;
}

async function* completedVideos(
  kysely: Kysely<EngineSchema>,
): AsyncGenerator<readonly { id: string; wasArchived: boolean }[]> {
  let last: string | null = null;
  for (;;) {
    const rows: { id: string; archived_at: Date | null }[] = await kysely
      .selectFrom("videos")
      .select(["id", "archived_at"])
      .where("status", "=", "COMPLETED")
      .$if(last !== null, (query) => query.where("id", ">", last ?? ""))
      .orderBy("id")
      .limit(BATCH)
      .execute();
    last = rows.at(-1)?.id ?? null;
    if (last === null) return;
    yield rows.map(({ id, archived_at }) => ({ id: videoIdFromUuid(id), wasArchived: archived_at !== null }));
  }
}
