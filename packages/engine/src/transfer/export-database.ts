import { createHash } from "node:crypto";
import { type ControlledTransaction, sql } from "kysely";
import type { EngineDatabase } from "../database/database.ts";
import { migrations } from "../database/migrations/index.ts";
import type { EngineSchema } from "../database/schema.ts";
import type { EngineOptions } from "../engine-options.ts";
import { type Logger, silentLogger } from "../logger.ts";
import { assertDatabase, openDatabase } from "../open-database.ts";
import { countRows } from "./count-rows.ts";
import { endLine, headerLine, rowLine } from "./export-format.ts";
import { assertNoNodeLives } from "./live-nodes.ts";
import { MOVED_TABLES, type MovedTable, noRows, type RowCounts, sumOf } from "./moved-tables.ts";

/** Which database moves, and who hears how far it is. */
export interface TransferOptions extends Pick<EngineOptions, "dataDir" | "databaseUrl"> {
  /** Where lost connections are told of. Default: nowhere. */
  log?: Logger;
  /** Called now and then with how many rows of how many have moved. Default: ignored. */
  onProgress?: (rows: number, of: number) => void;
}

/**
 * A whole database as a file: every video with its versions and images, and the secrets by which addresses of files are
 * signed. It is one consistent state, read piece by piece as it is asked for, and only complete with its last piece. Who has
 * it can sign addresses of files: keep it as a key is kept.
 *
 * The database must not be in use, since what happens after would be missing, and a video that is made from both would be
 * paid for twice.
 *
 * @returns how many rows there were, by table
 * @throws {DatabaseError} `DATA_DIR_IN_USE`, `DATABASE_IN_USE`, `DATABASE_MISSING`, and those of opening it
 */
export async function* exportDatabase(options: TransferOptions): AsyncGenerator<Uint8Array, RowCounts> {
  const { log = silentLogger, onProgress = () => {} } = options;
  assertDatabase(options);
  const { db, bus } = await openDatabase(options, log);
  try {
    return yield* exportFrom(db, onProgress);
  } finally {
    await bus.close();
    await db.close();
  }
}

async function* exportFrom(
  db: EngineDatabase<EngineSchema>,
  onProgress: (rows: number, of: number) => void,
): AsyncGenerator<Uint8Array, RowCounts> {
  const unused = async () => {
    if (db.kind === "postgres") await assertNoNodeLives(db.kysely);
  };
  await unused();
  const transaction = await db.kysely
    .startTransaction()
    .setIsolationLevel("repeatable read")
    .setAccessMode("read only")
    .execute();
  const hash = createHash("sha256");
  const hashed = (text: string) => {
    const bytes = Buffer.from(text);
    hash.update(bytes);
    return bytes;
  };
  const read = noRows();
  try {
    await writeTheSame(transaction);
    const rows = await countRows(transaction);
    yield hashed(headerLine({ migrations: Object.keys(migrations), rows }));
    for (const table of MOVED_TABLES) {
      for await (const jsons of readRows(transaction, table)) {
        yield hashed(jsons.map((json) => rowLine({ table: table.name, json })).join(""));
        read[table.name] += jsons.length;
        onProgress(sumOf(read), sumOf(rows));
      }
    }
  } finally {
    await transaction.rollback().execute();
  }
  // One that has started meanwhile.
  await unused();
  yield Buffer.from(endLine({ rows: read, sha256: hash.digest("hex") }));
  return read;
}

/** Has the transaction live as long as it takes, and write values as every other database would. */
async function writeTheSame(transaction: ControlledTransaction<EngineSchema>): Promise<void> {
  // Whoever takes the pieces may be slow.
  await sql`SET LOCAL idle_in_transaction_session_timeout = 0`.execute(transaction);
  await sql`SET LOCAL statement_timeout = 0`.execute(transaction);
  await sql`SET LOCAL timezone = 'UTC'`.execute(transaction);
  await sql`SET LOCAL extra_float_digits = 1`.execute(transaction);
}

async function* readRows(
  transaction: ControlledTransaction<EngineSchema>,
  { name, orderBy, batch }: MovedTable,
): AsyncGenerator<string[]> {
  await sql`
    DECLARE exported NO SCROLL CURSOR FOR
    SELECT row_to_json(${sql.table(name)})::text AS json FROM ${sql.table(name)} ORDER BY ${sql.raw(orderBy)}
  `.execute(transaction);
  for (;;) {
    const { rows } = await sql<{ json: string }>`FETCH ${sql.lit(batch)} FROM exported`.execute(transaction);
    if (rows.length === 0) break;
    yield rows.map(({ json }) => json);
  }
  await sql`CLOSE exported`.execute(transaction);
}
