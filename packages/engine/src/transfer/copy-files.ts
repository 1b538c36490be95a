import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { videoIdFromUuid } from "@reelwire/core";
import type { Kysely, Selectable } from "kysely";
import pLimit from "p-limit";
import type { Archive } from "../archive/archive.ts";
import { ArchiveError } from "../archive/archive-error.ts";
import { diskError, nullIfMissing, onDisk } from "../archive/disk-error.ts";
import { type FilesOptions, openArchive } from "../archive/open-archive.ts";
import { archiveKey } from "../archive-video.ts";
import type { EngineSchema, UploadsTable } from "../database/schema.ts";
import { silentLogger } from "../logger.ts";
import { openDatabase } from "../open-database.ts";
import { uploadKey } from "../uploads/upload-rows.ts";
import type { TransferOptions } from "./export-database.ts";

export interface CopyFilesOptions extends TransferOptions {
  /** The directory of files to copy from; left as it is. */
  from: string;
  /** Where the files of the database are kept. */
  files: FilesOptions;
}

/** What became of the files of the completed videos, and of uploaded images. */
export interface CopiedFiles {
  copied: number;
  /** They were there already. */
  present: number;
  /** Copied from the upstream once, or uploaded and used in a video, and neither there nor in the directory. */
  missing: number;
}

/** A file that is wanted. */
interface WantedFile {
  key: string;
  contentType: string;
  /** Whether it was there for certain. */
  wasThere: boolean;
}

/** Files copied at a time, and rows looked at. */
const AT_A_TIME = 8;
const BATCH = 1_000;

/**
 * Copies the finished files of a database's videos, and uploaded images, from a directory to where they are kept, as far as they are not there.
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
    const total = await countWanted(db.kysely);
    let done = 0;
    for (const batches of [videoFiles(db.kysely), uploadFiles(db.kysely)]) {
      for await (const files of batches) {
        await limit.map(files, async (file) => {
          const outcome = await copyFile(archive, file, from);
          counts[outcome === "missing" && !file.wasThere ? "none" : outcome] += 1;
          done += 1;
          onProgress(done, total);
        });
      }
    }
    return { copied: counts.copied, present: counts.present, missing: counts.missing };
  } finally {
    await bus.close();
    await db.close();
  }
}

async function copyFile(archive: Archive, { key, contentType }: WantedFile, from: string): Promise<keyof CopiedFiles> {
  if ((await archive.stat(key)) !== null) return "present";
  const path = join(from, key);
  const found = await onDisk(() => stat(path).catch(nullIfMissing));
  if (found === null) return "missing";
  await archive.put(key, readFile(path), {
    contentType,
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

async function countWanted(kysely: Kysely<EngineSchema>): Promise<number> {
  const { videos, uploads } = await kysely
    .selectNoFrom((eb) => [
      eb
        .selectFrom("videos")
        .select((from) => from.fn.countAll<number>().as("count"))
        .where("status", "=", "COMPLETED")
        .as("videos"),
      eb
        .selectFrom("uploads")
        .select((from) => from.fn.countAll<number>().as("count"))
        .as("uploads"),
    ])
    .executeTakeFirstOrThrow();
  return (videos ?? 0) + (uploads ?? 0);
}

async function* videoFiles(kysely: Kysely<EngineSchema>): AsyncGenerator<readonly WantedFile[]> {
  for (let last: string | null = null; ; ) {
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
    yield rows.map(({ id, archived_at }) => ({
      key: archiveKey(videoIdFromUuid(id)),
      contentType: "video/mp4",
      wasThere: archived_at !== null,
    }));
  }
}

async function* uploadFiles(kysely: Kysely<EngineSchema>): AsyncGenerator<readonly WantedFile[]> {
  for (let last = ""; ; ) {
    const rows: Pick<Selectable<UploadsTable>, "id" | "content_type" | "expires_at">[] = await kysely
      .selectFrom("uploads")
      .select(["id", "content_type", "expires_at"])
      .where("id", ">", last)
      .orderBy("id")
      .limit(BATCH)
      .execute();
    last = rows.at(-1)?.id ?? "";
    if (last === "") return;
    yield rows.map((row) => ({
      key: uploadKey(row),
      contentType: row.content_type,
      wasThere: row.expires_at === null,
    }));
  }
}
