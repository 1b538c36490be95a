import { type Kysely, sql } from "kysely";
import type { EngineDatabase } from "../database/database.ts";
import type { EngineSchema } from "../database/schema.ts";
import { type ExportedRow, unreadable } from "./export-format.ts";
import type { MovedTableName } from "./moved-tables.ts";

/** Puts exported rows into their tables, many at a time. */
export interface RowInsertion {
  /** @throws {DatabaseError} `EXPORT_UNREADABLE` for what is no row of its table */
  add(row: ExportedRow): Promise<void>;
  /** Puts in what is left. */
  end(): Promise<void>;
}

/** How many rows, or characters of them, are put in by one statement. */
const BATCH_ROWS = 500;
const BATCH_LENGTH = 1_000_000;

/** How much is written to the embedded database between checkpoints, in characters: it makes none by itself, and would keep its whole log. */
const CHECKPOINT_LENGTH = 64_000_000;

/** SQLSTATEs of values that do not fit: malformed ones, and those that break a constraint. */
const BAD_VALUE = /^2[23]/;

/** Begins to fill tables within a transaction. `onInserted` hears how many rows are in. */
export function insertRows(
  kysely: Kysely<EngineSchema>,
  kind: EngineDatabase<EngineSchema>["kind"],
  onInserted: (rows: number) => void,
): RowInsertion {
  let table: MovedTableName | null = null;
  let batch: string[] = [];
  let length = 0;
  let sinceCheckpoint = 0;
  let inserted = 0;

  async function flush(): Promise<void> {
    if (table === null || batch.length === 0) return;
    const into = sql.table(table);
    // A JSON `null` for a whole column becomes a NULL; nothing of ours writes one.
    await sql`INSERT INTO ${into} SELECT * FROM json_populate_recordset(NULL::${into}, ${`[${batch.join(",")}]`}::json)`
      .execute(kysely)
      .catch((error: unknown) => {
        throw isBadValue(error) ? unreadable("is damaged", { cause: error }) : error;
      });
    inserted += batch.length;
    sinceCheckpoint += length;
    batch = [];
    length = 0;
    if (kind === "pglite" && sinceCheckpoint > CHECKPOINT_LENGTH) {
      await sql`CHECKPOINT`.execute(kysely);
      sinceCheckpoint = 0;
    }
    onInserted(inserted);
  }

  return {
    async add(row) {
      if (row.table !== table || batch.length >= BATCH_ROWS || length + row.json.length > BATCH_LENGTH) await flush();
      table = row.table;
      batch.push(row.json);
      length += row.json.length;
    },
    end: flush,
  };
}

function isBadValue(error: unknown): boolean {
  return error instanceof Error && "code" in error && typeof error.code === "string" && BAD_VALUE.test(error.code);
}
