import { sql } from "kysely";
import type { EngineDatabase } from "../database/database.ts";
import type { EngineSchema } from "../database/schema.ts";
import type { Logger } from "../logger.ts";
import { pause } from "../wake.ts";
import type { DeliveryQueue } from "./delivery-queue.ts";

/** What sweeping needs. */
export interface SweepDeliveriesContext {
  db: EngineDatabase<EngineSchema>;
  queue: DeliveryQueue;
  /** How often to look, in milliseconds. */
  everyMs: number;
  /** How long a delivery is kept after its end, in milliseconds. */
  keptMs: number;
  /** Called when there is something to deliver. */
  wake: () => void;
  log: Logger;
}

/** How often old deliveries are looked for, in milliseconds. */
const FORGET_EVERY_MS = 3_600_000;
/** Deliveries deleted by one statement. */
const BATCH = 1_000;

/**
 * Gives jobs to deliveries whose writer did not come to it, since it was killed in between, and deletes old ones: now and then, until
 * `closing` aborts.
 */
export async function sweepDeliveries(context: SweepDeliveriesContext, closing: AbortSignal): Promise<void> {
  let forgetAt = performance.now();
  while (!closing.aborted) {
    try {
      const restored = await context.queue.restore();
      if (restored > 0) {
        context.log.info({ restored }, "deliveries without a job were found");
        context.wake();
      }
      if (performance.now() >= forgetAt) {
        await forgetDeliveries(context, closing);
        forgetAt = performance.now() + FORGET_EVERY_MS;
      }
    } catch (error) {
      if (!closing.aborted) context.log.error({ err: error }, "looking for deliveries without a job failed");
    }
    await pause(context.everyMs, closing);
  }
}

/** Deletes deliveries that ended long ago, with their attempts. Returns how many. */
export async function forgetDeliveries(
  { db, keptMs }: Pick<SweepDeliveriesContext, "db" | "keptMs">,
  closing: AbortSignal,
): Promise<number> {
  let deleted = 0;
  while (!closing.aborted) {
    const old = db.kysely
      .selectFrom("webhook_deliveries")
      .select("id")
      .where("finished_at", "<", sql<Date>`clock_timestamp() - ${keptMs}::float8 * interval '1 millisecond'`)
      .limit(BATCH);
    const { numDeletedRows } = await db.kysely
      .deleteFrom("webhook_deliveries")
      .where("id", "in", old)
      // It may be delivered again just now.
      .where("finished_at", "is not", null)
      .executeTakeFirst();
    deleted += Number(numDeletedRows);
    if (numDeletedRows < BATCH) break;
  }
  return deleted;
}
