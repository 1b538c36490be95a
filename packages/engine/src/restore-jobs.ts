import type { Db } from "pg-boss";
import type { EngineDatabase } from "./database/database.ts";
import type { EngineSchema } from "./database/schema.ts";
import type { Logger } from "./logger.ts";
import type { JobQueue } from "./queue.ts";
import { forgetRates } from "./rates/forget-rates.ts";
import { pause } from "./wake.ts";

/** How often videos without a job, and jobs without a node, are looked for, in milliseconds. There should never be one. */
const RESTORE_EVERY_MS = 5 * 60_000;

/** Gives the jobs of nodes that are gone, or lost, to others, within a transaction. Returns how many. */
export async function takeBackOrphans(queue: JobQueue, executor: Db): Promise<number> {
  return (await queue.takeBackOrphans(executor)) + (await queue.deliveries.takeBackOrphans(executor));
}

/**
 * Gives a job to every unfinished video that has none, and a job that nobody answers for to others, and forgets rates of creation that
 * are past: now and then, until `closing` aborts.
 */
export async function restoreJobs(
  db: EngineDatabase<EngineSchema>,
  queue: JobQueue,
  log: Logger,
  closing: AbortSignal,
): Promise<void> {
  while (!closing.aborted) {
    try {
      await forgetRates(db.kysely);
      const restored = await queue.restore();
      const orphans = await db.transaction(({ executor }) => takeBackOrphans(queue, executor));
      if (restored + orphans > 0)
        log.warn({ restored, orphans }, "videos without a job, or jobs without a node, were found");
    } catch (error) {
      log.error({ err: error }, "looking for videos without a job failed");
    }
    await pause(RESTORE_EVERY_MS, closing);
  }
}
