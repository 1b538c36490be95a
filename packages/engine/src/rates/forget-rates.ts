import { type Kysely, sql } from "kysely";
import type { EngineSchema } from "../database/schema.ts";

/**
 * Deletes the rates of keys and subjects that made nothing for a while: without a row they are as free as with one that is past. It
 * waits for nobody, and so nobody can wait for it in a circle.
 */
export async function forgetRates(kysely: Kysely<EngineSchema>): Promise<void> {
  await sql`
    DELETE FROM creation_rates USING (
      SELECT project, kind, target FROM creation_rates WHERE free_at < clock_timestamp() FOR UPDATE SKIP LOCKED
    ) AS past
    WHERE (creation_rates.project, creation_rates.kind, creation_rates.target) = (past.project, past.kind, past.target)
  `.execute(kysely);
}
