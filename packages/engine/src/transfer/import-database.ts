import { videoIdFromUuid } from "@reelwire/core";
import { type Kysely, sql } from "kysely";
import type { EngineDatabase, EngineTransaction } from "../database/database.ts";
import { DatabaseError } from "../database/database-error.ts";
import { migrations } from "../database/migrations/index.ts";
import type { EngineSchema } from "../database/schema.ts";
import { silentLogger } from "../logger.ts";
import { openDatabase } from "../open-database.ts";
import { type JobQueue, openQueue, PAST_TURN } from "../queue.ts";
import { countRows } from "./count-rows.ts";
import type { TransferOptions } from "./export-database.ts";
import { type ExportHeader, unreadable } from "./export-format.ts";
import { insertRows } from "./insert-rows.ts";
import { assertNoNodeLives } from "./live-nodes.ts";
import { MOVED_TABLES, sumOf } from "./moved-tables.ts";
import { type OpenedExport, openExport } from "./read-export.ts";

/** What an import brought. */
export interface ImportedVideos {
  videos: number;
  /** Of those, what is not finished and is carried on, once a gateway runs. */
  unfinished: number;
  /** What should be in the files of the gateway that was exported: of those that are finished, and uploaded images. */
  files: number;
}

/**
 * Fills a database without videos, API keys, budgets and webhooks from what `exportDatabase` gave, in one transaction: with every video or, whatever goes
 * wrong, with nothing. Videos that are not finished get the jobs that carry them on, as do those whose file is not copied yet.
 *
 * @throws {DatabaseError} `EXPORT_UNREADABLE`, `EXPORT_OTHER_RELEASE`, `DATABASE_NOT_EMPTY`, `DATABASE_IN_USE`,
 *   `DATA_DIR_IN_USE`, and those of opening the database
 */
export async function importDatabase(
  options: TransferOptions,
  input: AsyncIterable<Uint8Array>,
): Promise<ImportedVideos> {
  const { log = silentLogger, onProgress = () => {} } = options;
  // The header first: for what is no export no database is made.
  const file = await openExport(input);
  assertSameRelease(file.header);
  const { db, bus } = await openDatabase(options, log);
  try {
    const queue = await openQueue(db, log);
    try {
      return await db.transaction(async (transaction) => {
        await assertFree(db, transaction.kysely);
        await fill(db, transaction, file, onProgress);
        const unfinished = await giveJobs(transaction, queue);
        const files = await countFiles(transaction.kysely);
        await stillFree(db, transaction.kysely);
        return { videos: file.header.rows.videos, unfinished, files };
      });
    } finally {
      await queue.close();
    }
  } finally {
    await bus.close();
    await db.close();
  }
}

function assertSameRelease(header: ExportHeader): void {
  const ours = Object.keys(migrations);
  const newer = header.migrations.filter((name) => !ours.includes(name));
  const older = ours.filter((name) => !header.migrations.includes(name));
  if (newer.length === 0 && older.length === 0) return;
  throw new DatabaseError(
    "EXPORT_OTHER_RELEASE",
    newer.length > 0
      ? `The file was exported by a newer release (${newer.join(", ").slice(0, 200)}): import it with that release.`
      : `The file was exported by an older release (without ${older.join(", ")}): export again with this one, or import it with that one and then start this one.`,
  );
}

/** Any number will do. */
const IMPORT_LOCK = 7_295_180_514_334_002;

async function assertFree(db: EngineDatabase<EngineSchema>, kysely: Kysely<EngineSchema>): Promise<void> {
  // Whoever gives the file may be slow, and the file may be long.
  await sql`SET LOCAL idle_in_transaction_session_timeout = 0`.execute(kysely);
  await sql`SET LOCAL statement_timeout = 0`.execute(kysely);
  const { rows } = await sql<{ free: boolean }>`SELECT pg_try_advisory_xact_lock(${IMPORT_LOCK}) AS free`.execute(
    kysely,
  );
  if (!rows[0]?.free) throw new DatabaseError("DATABASE_IN_USE", "Another import into this database is under way.");
  if (db.kind === "postgres") await assertNoNodeLives(kysely);
  const { videos, api_keys, budgets, webhooks } = await countRows(kysely);
  if (videos + api_keys + budgets + webhooks > 0) {
    throw new DatabaseError(
      "DATABASE_NOT_EMPTY",
      `The database has ${videos} videos, ${api_keys} API keys, ${budgets} budgets and ${webhooks} webhooks already: import into one that has none. Nothing was changed.`,
    );
  }
}

async function fill(
  db: EngineDatabase<EngineSchema>,
  { kysely }: EngineTransaction<EngineSchema>,
  file: OpenedExport,
  onProgress: (rows: number, of: number) => void,
): Promise<void> {
  const { rows } = file.header;
  // What a gateway made when it first started here; addresses of files, and tokens, are signed with the imported ones.
  for (const name of ["secrets", "signing_keys", "callback_secrets", "ledger_readings"] as const)
    await kysely.deleteFrom(name).execute();
  // Images that were uploaded here, and not used: they expire here.
  const { uploads } = await countRows(kysely);
  const insert = insertRows(kysely, db.kind, (inserted) => onProgress(inserted, sumOf(rows)));
  for await (const row of file.rows) await insert.add(row);
  await insert.end();
  const found = await countRows(kysely);
  const brought = { ...found, uploads: found.uploads - uploads };
  if (MOVED_TABLES.some(({ name }) => brought[name] !== rows[name])) {
    throw unreadable("has rows that could not be found in the database afterwards");
  }
  // What queries are planned by; a server would come to it only later.
  await sql`ANALYZE ${sql.join(MOVED_TABLES.map(({ name }) => sql.table(name)))}`.execute(kysely);
}

/** @returns how many videos are not finished */
async function giveJobs({ kysely, executor }: EngineTransaction<EngineSchema>, queue: JobQueue): Promise<number> {
  // Of videos that were here once: they would stand in the way.
  await sql`DELETE FROM pgboss.job USING videos WHERE job.id = videos.id`.execute(kysely);
  // Whoever starts on the database gives new ones to what is still to be told.
  await sql`DELETE FROM pgboss.job USING webhook_deliveries WHERE job.id = webhook_deliveries.id`.execute(kysely);
  const videos = await kysely
    .selectFrom("videos")
    .select(["id", "fence", "turn", "submitted_at", "finished_at"])
    // Whoever carries a completed video copies its file.
    .where((eb) =>
      eb.or([
        eb("finished_at", "is", null),
        eb.and([eb("status", "=", "COMPLETED"), eb("source_url", "is not", null), eb("archived_at", "is", null)]),
      ]),
    )
    .orderBy("id")
    .execute();
  for (const { id, fence, turn, submitted_at } of videos) {
    await queue.send(executor, videoIdFromUuid(id), fence, submitted_at === null ? turn : PAST_TURN);
  }
  return videos.filter((video) => video.finished_at === null).length;
}

async function countFiles(kysely: Kysely<EngineSchema>): Promise<number> {
  const { count } = await kysely
    .selectFrom("videos")
    .select((eb) => eb.fn.countAll<number>().as("count"))
    .where("archived_at", "is not", null)
    .executeTakeFirstOrThrow();
  const { uploads } = await countRows(kysely);
  return count + uploads;
}

/** Sees that no gateway has started meanwhile: it would have made a secret of its own. One that is about to waits for the end. */
async function stillFree(db: EngineDatabase<EngineSchema>, kysely: Kysely<EngineSchema>): Promise<void> {
  if (db.kind !== "postgres") return;
  await sql`LOCK TABLE nodes IN SHARE ROW EXCLUSIVE MODE`.execute(kysely);
  await assertNoNodeLives(kysely);
}
