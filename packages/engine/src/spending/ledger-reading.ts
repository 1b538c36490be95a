import { type Kysely, sql } from "kysely";
import type { EngineSchema } from "../database/schema.ts";
import type { CarryTiming } from "../timing.ts";

const NAME = "charges";

/** How far the first reading looks back, in milliseconds: of older videos it is known what they cost, or nobody will know. */
const FIRST_LOOK_BACK_MS = 31 * 24 * 3_600_000;

/**
 * Takes on the reading of the ledger, where one is due: nobody else will for a while. The first is due a day after the first video.
 *
 * @returns until when the ledger has been read whole; `null` where none is due, or somebody else has taken it on
 */
export async function takeReading(
  db: Kysely<EngineSchema>,
  now: Date,
  { reconcileEveryMs, reconcileRetryMs }: Pick<CarryTiming, "reconcileEveryMs" | "reconcileRetryMs">,
): Promise<Date | null> {
  await sql`
    INSERT INTO ledger_readings (name, read_at, read_until)
    SELECT ${NAME}, to_timestamp(0), greatest(created_at, ${new Date(now.getTime() - FIRST_LOOK_BACK_MS)})
    FROM videos ORDER BY id LIMIT 1
    ON CONFLICT (name) DO NOTHING
  `.execute(db);
  const row = await db
    .updateTable("ledger_readings")
    .set({ read_at: now })
    .where("name", "=", NAME)
    .where("read_until", "<=", new Date(now.getTime() - reconcileEveryMs))
    .where("read_at", "<=", new Date(now.getTime() - reconcileRetryMs))
    .returning("read_until")
    .executeTakeFirst();
  return row?.read_until ?? null;
}

/** Says that the ledger was read whole up to a time. */
export async function endReading(db: Kysely<EngineSchema>, readUntil: Date): Promise<void> {
  await db.updateTable("ledger_readings").set({ read_until: readUntil }).where("name", "=", NAME).execute();
}
