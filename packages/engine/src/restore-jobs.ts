import type { EngineDatabase } from "./database/database.ts";
import type { EngineSchema } from "./database/schema.ts";
import type { Logger } from "./logger.ts";
import type { JobQueue } from "./queue.ts";
import { unarchivedVideos, unfinishedVideos } from "./store.ts";
import { pause } from "./wake.ts";

/** How often videos without a job are looked for, in milliseconds. There should never be one. */
const RESTORE_EVERY_MS = 5 * 60_000;

/**
 * Takes up every video where a process that is gone left it. Only on an embedded database: its lock says that no other
 * process has these jobs, while on a shared one they go to another claim when their heartbeats stop.
 */
export async function takeUpWhatWasLeft(db: EngineDatabase<EngineSchema>, queue: JobQueue): Promise<void> {
  const unfinished = await unfinishedVideos(db.kysely);
  await queue.restore(unfinished);
  if (db.kind !== "pglite") return;
  await queue.takeBack([...unfinished.map((video) => video.id), ...(await unarchivedVideos(db.kysely))]);
}

/** Gives a job to every unfinished video that has none, now and then, until `closing` aborts. */
export async function restoreJobs(
  db: EngineDatabase<EngineSchema>,
  queue: JobQueue,
  log: Logger,
  closing: AbortSignal,
): Promise<void> {
  for (;;) {
    await pause(RESTORE_EVERY_MS, closing);
    if (closing.aborted) return;
    await unfinishedVideos(db.kysely)
      .then((videos) => queue.restore(videos))
      .catch((error: unknown) => log.error({ err: error }, "looking for videos without a job failed"));
  }
}
