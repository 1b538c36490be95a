import { type Kysely, sql } from "kysely";
import { DatabaseError } from "../database/database-error.ts";
import type { EngineSchema } from "../database/schema.ts";

/** After so long without a heartbeat a node is no more, in milliseconds. Many leases, since one that was paused wakes up. */
const SILENCE_MS = 60_000;

/**
 * Sees that no gateway uses a PostgreSQL database: what it goes on to do would be missing in an export, or be undone by an
 * import. (Of an embedded database the lock of its directory says so.)
 *
 * @throws {DatabaseError} `DATABASE_IN_USE`
 */
export async function assertNoNodeLives(kysely: Kysely<EngineSchema>): Promise<void> {
  const { count } = await kysely
    .selectFrom("nodes")
    .select((eb) => eb.fn.countAll<number>().as("count"))
    .where("lost", "=", false)
    .where("seen_at", ">", sql<Date>`clock_timestamp() - ${SILENCE_MS} * interval '1 millisecond'`)
    .executeTakeFirstOrThrow();
  if (count === 0) return;
  throw new DatabaseError(
    "DATABASE_IN_USE",
    `${count === 1 ? "A gateway uses" : `${count} gateways use`} this database: stop ${count === 1 ? "it" : "them"} first. One that was killed counts for a minute. Nothing was changed.`,
  );
}
