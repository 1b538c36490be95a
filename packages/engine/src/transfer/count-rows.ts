import { type Kysely, sql } from "kysely";
import type { EngineSchema } from "../database/schema.ts";
import { MOVED_TABLES, noRows, type RowCounts } from "./moved-tables.ts";

/** How many rows each table that moves has. */
export async function countRows(kysely: Kysely<EngineSchema>): Promise<RowCounts> {
  const counts = noRows();
  for (const { name } of MOVED_TABLES) {
    const { rows } = await sql<{ count: number }>`SELECT count(*) AS count FROM ${sql.table(name)}`.execute(kysely);
    counts[name] = rows[0]?.count ?? 0;
  }
  return counts;
}
