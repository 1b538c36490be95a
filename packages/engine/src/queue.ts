import { videoIdFromUuid } from "@reelwire/core";
import { sql } from "kysely";
import { type Db, PgBoss } from "pg-boss";
import type { EngineDatabase } from "./database/database.ts";
import type { EngineSchema } from "./database/schema.ts";
import type { Logger } from "./logger.ts";
import { videoUuid } from "./video-row.ts";
import { Wake } from "./wake.ts";
import { type DeliveryQueue, openDeliveryQueue } from "./webhooks/delivery-queue.ts";

/** One claim of a carry job, as the queue handed it out. */
export interface ClaimedJob {
  videoId: string;
  /** pg-boss's number of this claim of the job. */
  retryCount: number;
  /** Greater than that of every earlier claim of the same video (invariant 5). */
  fence: number;
}

/** Given as the turn of a video that waits for none, since it was sent before or is finished: it is taken before all that do. */
export const PAST_TURN = -1;

/** The jobs that carry videos, copy their files and tell of their ends: pg-boss, with its settings and names in here and in `DeliveryQueue`. */
export interface JobQueue {
  readonly deliveries: DeliveryQueue;
  /** Adds a video's job within the transaction that saves its row. `fence` and `turn` are the row's; see `PAST_TURN`. */
  send(executor: Db, videoId: string, fence: number, turn: number): Promise<void>;
  /** Adds the jobs of unfinished videos that, against all expectation, have none. Returns how many. */
  restore(): Promise<number>;
  /** Gives the jobs of nodes that are gone, or lost, to others. Returns how many. */
  takeBackOrphans(executor: Db): Promise<number>;
  /** What a node has under way. */
  heldBy(nodeId: string): Promise<ClaimedJob[]>;
  /**
   * Takes jobs by turn, within the transaction that says which node has them now.
   *
   * @param lastTurn the last turn that may be taken; `null`: any
   */
  fetch(limit: number, executor: Db, lastTurn: number | null): Promise<ClaimedJob[]>;
  /** Ends a job, unless another claim has it by now. */
  complete(job: ClaimedJob): Promise<void>;
  /** Gives jobs back, to be claimed again at once. */
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
export async function openQueue(db: EngineDatabase<EngineSchema>, log: Logger): Promise<JobQueue> {
  const boss = new PgBoss({
    db: db.executor,
    backend: db.kind,
    schedule: false,
    // PGlite has no autovacuum to watch; its vacuuming is our own.
    monitorVacuum: db.kind === "postgres",
  });
  // pg-boss emits a copy of the error with everything on it, the parameters of a query too.
  boss.on("error", ({ message }) => log.error({ reason: message }, "queue error"));
  boss.on("warning", (warning) => log.debug({ warning }, "queue warning"));
  await boss.start();
  const carryOptions = {
    retryLimit: FOR_EVER,
    retryDelay: 0,
    // Longer than any video takes; one that takes longer is claimed anew, which does no harm.
    expireInSeconds: 23 * 3_600,
    retentionSeconds: 365 * 86_400,
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

  const deliveries = await openDeliveryQueue(boss, db);
  const wake = new Wake();
  const claimed = (id: string, fence: number, retryCount: number): ClaimedJob => ({
    videoId: videoIdFromUuid(id),
    retryCount,
    fence: fence + retryCount + 1,
  });
  const attempt = (job: ClaimedJob) => ({ id: videoUuid(job.videoId), retryCount: job.retryCount });
  const priorityOf = (turn: number) => -turn;

  /** Gives active jobs back. Those of videos that were sent before come first from now on: nobody may have to wait to be polled. */
  async function giveBack(jobs: readonly { id: string; retryCount: number }[], reason: string, executor: Db) {
    await executor.executeSql(
      `UPDATE pgboss.job SET priority = $3 FROM videos
       WHERE job.name = $1 AND job.id = ANY($2::uuid[]) AND job.state = 'active' AND job.priority <> $3
         AND videos.id = job.id AND videos.submitted_at IS NOT NULL`,
      [CARRY, jobs.map(({ id }) => id), priorityOf(PAST_TURN)],
    );
    await boss.fail(CARRY, [...jobs], { reason }, { db: executor });
  }

  return {
    deliveries,
    async send(executor, videoId, fence, turn) {
      const data: CarryData = { fence };
      const id = await boss.send(CARRY, data, { id: videoUuid(videoId), priority: priorityOf(turn), db: executor });
      if (id === null) throw new Error("the queue took no job for a new video");
    },
    async restore() {
      const { rows } = await sql<{ id: string; fence: number; turn: number }>`
        SELECT videos.id, videos.fence, CASE WHEN videos.submitted_at IS NULL THEN videos.turn ELSE ${PAST_TURN} END AS turn
        FROM videos
        WHERE videos.finished_at IS NULL
          AND NOT EXISTS (SELECT FROM pgboss.job WHERE job.name = ${CARRY} AND job.id = videos.id)
      `.execute(db.kysely);
      const jobs = rows.map(({ id, fence, turn }) => ({
        id,
        data: { fence } satisfies CarryData,
        priority: priorityOf(turn),
      }));
      // One that came meanwhile keeps its row: its id is the video's.
      if (jobs.length > 0) await boss.insert(CARRY, jobs);
      return jobs.length;
    },
    async takeBackOrphans(executor) {
      const { rows } = await executor.executeSql(
        `SELECT job.id, job.retry_count AS "retryCount" FROM pgboss.job LEFT JOIN videos ON videos.id = job.id
         WHERE job.name = $1 AND job.state = 'active'
           AND NOT EXISTS (SELECT FROM nodes WHERE nodes.id = videos.node_id AND NOT nodes.lost)`,
        [CARRY],
      );
      const jobs: { id: string; retryCount: number }[] = rows;
      if (jobs.length > 0) await giveBack(jobs, "its node is gone", executor);
      return jobs.length;
    },
    async heldBy(nodeId) {
      const { rows } = await sql<{ id: string; fence: number; retryCount: number }>`
        SELECT job.id, (job.data->>'fence')::integer AS fence, job.retry_count AS "retryCount"
        FROM pgboss.job JOIN videos ON videos.id = job.id
        WHERE job.name = ${CARRY} AND job.state = 'active' AND videos.node_id = ${nodeId}
      `.execute(db.kysely);
      return rows.map(({ id, fence, retryCount }) => claimed(id, fence, retryCount));
    },
    async fetch(limit, executor, lastTurn) {
      const upTo = lastTurn === null ? {} : { minPriority: priorityOf(lastTurn) };
      const jobs = await boss.fetch<CarryData>(CARRY, { batchSize: limit, db: executor, ...upTo });
      return jobs.map(({ id, data, retryCount }) => claimed(id, data.fence, retryCount));
    },
    async complete(job) {
      // Not kept as completed: nobody looks at it again, and deleting it later would be one more write.
      await boss.deleteJob(CARRY, attempt(job));
    },
    async handBack(jobs) {
      if (jobs.length === 0) return;
      await db.transaction(({ executor }) => giveBack(jobs.map(attempt), "handed back", executor));
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
