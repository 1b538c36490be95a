import fs from "node:fs";
import path from "node:path";
import { sql } from "kysely";
import type { EngineDatabase } from "../../src/database/database.ts";
import type { EngineSchema } from "../../src/database/schema.ts";
import { exportDatabase, importDatabase, type TransferOptions } from "../../src/index.ts";
import { silentLogger } from "../../src/logger.ts";
import { openDatabase } from "../../src/open-database.ts";
import { MOVED_TABLES, type MovedTableName } from "../../src/transfer/moved-tables.ts";
import { postgresUrl } from "../database/postgres-url.ts";
import { type DatabaseKind, databaseTemplate, temporaryDirectory } from "../database/temporary-database.ts";

/** Where a database of its own is, with nothing in it, gone after the test. */
export async function place(kind: DatabaseKind): Promise<TransferOptions> {
  const dataDir = temporaryDirectory();
  if (kind === "postgres") return { dataDir, databaseUrl: await postgresUrl() };
  fs.cpSync(await databaseTemplate(), path.join(dataDir, "database"), { recursive: true });
  return { dataDir };
}

/** Opens the database at a place for as long as `work` takes. */
export async function withDatabase<Result>(
  at: TransferOptions,
  work: (db: EngineDatabase<EngineSchema>) => Promise<Result>,
): Promise<Result> {
  const { db, bus } = await openDatabase(at, silentLogger);
  try {
    return await work(db);
  } finally {
    await bus.close();
    await db.close();
  }
}

/** The whole export. */
export async function exported(from: TransferOptions): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of exportDatabase(from)) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** Imports a whole file, given in pieces that end anywhere. */
export function imported(into: TransferOptions, file: Uint8Array) {
  return importDatabase(into, inPieces(file));
}

/** The same bytes in pieces that end anywhere. */
export async function* inPieces(file: Uint8Array): AsyncGenerator<Uint8Array> {
  const length = 997;
  for (let from = 0; from < file.length; from += length) yield file.subarray(from, from + length);
}

/** Every row of every table that moves: each column, and once more as PostgreSQL writes it, to the microsecond. */
export async function everyRow(at: TransferOptions): Promise<Record<MovedTableName, object[]>> {
  return await withDatabase(at, ({ kysely }) =>
    kysely.connection().execute(async (connection) => {
      await sql`SET timezone = 'UTC'`.execute(connection);
      const tables: Record<MovedTableName, object[]> = {
        projects: [],
        api_keys: [],
        videos: [],
        video_images: [],
        video_events: [],
        uploads: [],
        budgets: [],
        budget_spending: [],
        webhooks: [],
        webhook_deliveries: [],
        webhook_attempts: [],
        callback_secrets: [],
        ledger_readings: [],
        signing_keys: [],
        secrets: [],
      };
      for (const { name, orderBy } of MOVED_TABLES) {
        const { rows } = await sql<object>`
          SELECT *, ${sql.table(name)}::text AS written FROM ${sql.table(name)} ORDER BY ${sql.raw(orderBy)}
        `.execute(connection);
        tables[name] = rows;
      }
      return tables;
    }),
  );
}
