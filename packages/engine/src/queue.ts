import { videoIdFromUuid } from "@reelwire/core";
import { type Db, PgBoss } from "pg-boss";
import type { EngineDatabase } from "./database/database.ts";
import type { Logger } from "./logger.ts";
import { videoUuid } from "./video-row.ts";
import { Wake } from "./wake.ts";

/** How jobs are leased to a process, and how soon they are taken from one that is gone. */
export interface LeaseOptions {
  /** A job whose process has not been heard of for this long goes to another claim. At least 10 s (pg-boss's least). */
  heartbeatSeconds: number;
  /** How often jobs are looked through for such, in seconds. */
  superviseSeconds: number;
  /** Jobs that one process carries at a time. */
  maxActive: number;
}

/** Nobody else can have an embedded database's jobs, so a pause of this process should cost it nothing. */
export const embeddedLease: LeaseOptions = { heartbeatSeconds: 60, superviseSeconds: 30, maxActive: 1_000 };

/** One claim of a carry job, as the queue handed it out. */
export interface ClaimedJob {
  videoId: string;
  /** pg-boss's number of this claim of the job. */
  retryCount: number;
  /** Greater than that of every earlier claim of the same video (invariant 5). */
  fence: number;
}

/** The jobs that carry videos and copy their files: pg-boss, with its settings and names in this one place. */
export interface JobQueue {
  /** Adds a video's job within the transaction that saves its row. `fence` is the row's. */
  send(executor: Db, videoId: string, fence: number): Promise<void>;
  /** Adds the jobs of videos that, against all expectation, have none. */
  restore(videos: readonly { id: string; fence: number }[]): Promise<void>;
  /** Takes jobs from whatever process had them. Only where that process is known to be gone. */
  takeBack(videoIds: readonly string[]): Promise<void>;
  fetch(limit: number): Promise<ClaimedJob[]>;
  /** Says that these are still being worked on; returns those of which that is true. */
  touch(jobs: readonly ClaimedJob[]): Promise<ReadonlySet<string>>;
  complete(job: ClaimedJob): Promise<void>;
  /** Gives a job back, to be claimed again at once. */
  handBack(jobs: readonly ClaimedJob[]): Promise<void>;
  /** Has the copy of a file tried again later, with growing pauses, for about a day. */
  sendArchive(videoId: string): Promise<void>;
  /** Runs `archive` for each copy to be tried again. What it throws is a failed try. */
  workArchive(archive: (videoId: string) => Promise<void>): Promise<void>;
  /** Wakes whoever waits in `idle`: there may be something to fetch. */
  wake(): void;
  /** Resolves at the next `wake`, or after `ms`. */
  idle(ms: number, signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

const CARRY = "carry-video";
const ARCHIVE = "archive-video";

/** pg-boss keeps the count in an `integer`; a job is never given up for having been claimed too often. */
const FOR_EVER = 2_000_000_000;

interface CarryData {
  fence: number;
}

/** Starts pg-boss on the engine's database, with its two queues ready. */
export async function openQueue(
  db: Pick<EngineDatabase<never>, "kind" | "executor">,
  lease: LeaseOptions,
  log: Logger,
): Promise<JobQueue> {
  const boss = new PgBoss({
    db: db.executor,
    backend: db.kind,
    schedule: false,
    // PGlite has no autovacuum to watch; its vacuuming is our own.
    monitorVacuum: db.kind === "postgres",
    superviseIntervalSeconds: lease.superviseSeconds,
    monitorIntervalSeconds: lease.superviseSeconds,
  });
  // pg-boss emits a copy of the error with everything on it, the parameters of a query too.
  boss.on("error", ({ message }) => log.error({ reason: message }, "queue error"));
  boss.on("warning", (warning) => log.debug({ warning }, "queue warning"));
  await boss.start();
  const carryOptions = {
    retryLimit: FOR_EVER,
    retryDelay: 0,
    heartbeatSeconds: lease.heartbeatSeconds,
    // Longer than any video takes; one that takes longer is claimed anew, which does no harm.
    expireInSeconds: 23 * 3_600,
    retentionSeconds: 365 * 86_400,
    deleteAfterSeconds: 3_600,
  };
  await boss.createQueue(CARRY, carryOptions);
  await boss.updateQueue(CARRY, carryOptions);
  const archiveOptions = {
    retryLimit: 30,
    retryDelay: 15,
    retryBackoff: true,
    retryDelayMax: 3_600,
    deleteAfterSeconds: 86_400,
  };
  await boss.createQueue(ARCHIVE, archiveOptions);
  await boss.updateQueue(ARCHIVE, archiveOptions);
  // The first use of a queue reads its settings through the outer connection, which inside a transaction on a single
  // connection would wait for ever.
  await boss.fetch(CARRY, { batchSize: 1, minPriority: FOR_EVER });
  await boss.fetch(ARCHIVE, { batchSize: 1, minPriority: FOR_EVER });

  const wake = new Wake();
  const attempt = (job: ClaimedJob) => ({ id: videoUuid(job.videoId), retryCount: job.retryCount });

  return {
    async send(executor, videoId, fence) {
      const data: CarryData = { fence };
      const id = await boss.send(CARRY, data, { id: videoUuid(videoId), db: executor });
      if (id === null) throw new Error("the queue took no job for a new video");
    },
    async restore(videos) {
      // A job that exists keeps its row: its id is the video's.
      const jobs = videos.map(({ id, fence }) => ({ id: videoUuid(id), data: { fence } satisfies CarryData }));
      if (jobs.length > 0) await boss.insert(CARRY, jobs);
    },
    async takeBack(videoIds) {
      if (videoIds.length > 0) await boss.fail(CARRY, videoIds.map(videoUuid), { reason: "its process is gone" });
    },
    async fetch(limit) {
      const jobs = await boss.fetch<CarryData>(CARRY, { batchSize: limit });
      return jobs.map(({ id, data, retryCount }) => ({
        videoId: videoIdFromUuid(id),
        retryCount,
        fence: data.fence + retryCount + 1,
      }));
    },
    async touch(jobs) {
      if (jobs.length === 0) return new Set();
      return touchedIds(await boss.touch(CARRY, jobs.map(attempt)));
    },
    async complete(job) {
      await boss.complete(CARRY, attempt(job));
    },
    async handBack(jobs) {
      if (jobs.length > 0) await boss.fail(CARRY, jobs.map(attempt), { reason: "handed back" });
    },
    async sendArchive(videoId) {
      await boss.send(ARCHIVE, { videoId }, { startAfter: 5 });
    },
    async workArchive(archive) {
      await boss.work<{ videoId: string }>(
        ARCHIVE,
        { pollingIntervalSeconds: 2, localConcurrency: 4 },
        async (jobs) => {
          for (const job of jobs) await archive(job.data.videoId);
        },
      );
    },
    wake: () => wake.wake(),
    async idle(ms, signal) {
      await wake.sleep(ms, signal);
    },
    async close() {
      await boss.stop({ graceful: true, timeout: 5_000 });
    },
  };
}

/** pg-boss tells which of the jobs were still this claim's, though its types leave it out. */
function touchedIds(response: object): ReadonlySet<string> {
  if (!("settled" in response) || !Array.isArray(response.settled)) {
    throw new Error("pg-boss no longer says which jobs it touched");
  }
  return new Set(response.settled.map((id) => videoIdFromUuid(String(id))));
}
