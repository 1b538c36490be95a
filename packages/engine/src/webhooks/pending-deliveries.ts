import { type Kysely, sql } from "kysely";
import type { EngineSchema } from "../database/schema.ts";

/** The ids of pending deliveries, locked in an order that is the same for all, so that no two who take several wait for each other. */
export function pendingInOrder(db: Kysely<EngineSchema>) {
  return db.selectFrom("webhook_deliveries").select("id").where("status", "=", "PENDING").orderBy("id").forUpdate();
}

/** Ends what is on its way to a webhook, undelivered. */
export async function failPending(db: Kysely<EngineSchema>, webhookId: string): Promise<void> {
  await db
    .updateTable("webhook_deliveries")
    .set({ status: "FAILED", finished_at: sql<Date>`clock_timestamp()`, next_attempt_at: null })
    .where("id", "in", pendingInOrder(db).where("webhook_id", "=", webhookId))
    .execute();
}
