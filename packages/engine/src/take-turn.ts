import { type Kysely, sql } from "kysely";
import type { EngineSchema } from "./database/schema.ts";
import type { Viewer } from "./viewer.ts";

/** More than can be made at the same time with one key. */
const SEARCHED = 1_000;
/** Beyond this nobody takes turns: where something has always waited for years. */
const LAST_TURN = 2_000_000_000;

const LOWEST = sql`SELECT turn FROM videos WHERE submitted_at IS NULL AND finished_at IS NULL ORDER BY turn LIMIT 1`;

/**
 * The place of a new video among those that wait to be sent: keys take turns, however many videos each has. A key's next video has the
 * turn after its last one that waits, and at least the lowest of all that wait, so that nobody saves up turns that were not
 * used (start-time fair queueing: Goyal, Vin, Cheng, 1996; docs/decisions/0012).
 *
 * Videos that are made with one key at the same time do not see each other. Each holds a lock on its turn until it is committed, so
 * that the others find it taken, and waits for nobody.
 */
export async function takeTurn(transaction: Kysely<EngineSchema>, viewer: Viewer): Promise<number> {
  const { project } = viewer;
  const key = viewer.keyId ?? "";
  const { rows } = await sql<{ turn: number }>`
    SELECT turn FROM (
      SELECT first + generate_series(0, ${SEARCHED}::integer) AS turn FROM (
        SELECT least(${LAST_TURN}::integer, greatest(
          0,
          (${LOWEST}),
          (
            SELECT turn + 1 FROM videos
            WHERE project = ${project} AND coalesce(key_id, '') = ${key} AND submitted_at IS NULL AND finished_at IS NULL
            ORDER BY turn DESC LIMIT 1
          )
        )) AS first
      ) AS next
    ) AS free
    WHERE pg_try_advisory_xact_lock(hashtext(${`${project} ${key}`}), turn)
    LIMIT 1
  `.execute(transaction);
  return rows[0]?.turn ?? LAST_TURN;
}

/** The lowest turn of all videos that wait to be sent for the first time; `null`: none waits. */
export async function lowestTurn(transaction: Kysely<EngineSchema>): Promise<number | null> {
  const { rows } = await sql<{ turn: number }>`${LOWEST}`.execute(transaction);
  return rows[0]?.turn ?? null;
}
