import { sql } from "kysely";
import type { Db, PgBoss } from "pg-boss";
import type { EngineDatabase } from "../database/database.ts";
import type { EngineSchema } from "../database/schema.ts";
import type { NewDelivery } from "./outbox.ts";

/** One claim of a delivery's job, as the queue handed it out. */
export interface ClaimedDelivery {
  /** The delivery's UUID. */
  id: string;
  /** pg-boss's number of this claim. */
  retryCount: number;
  /** Whose receiver it is: a project's, at one host. */
  group: string | null;
}

/** The jobs that deliver to webhooks and callbacks, one for each delivery that is pending: pg-boss has them tried again. */
export interface DeliveryQueue {
  /** Gives deliveries their jobs. One that has a job keeps it. */
  send(deliveries: readonly NewDelivery[]): Promise<void>;
  /** Gives jobs to pending deliveries that have none. Returns how many. */
  restore(): Promise<number>;
  /** Has a delivery tried at once, whatever is left of its earlier job, within a transaction. */
  sendAgain(executor: Db, delivery: NewDelivery): Promise<void>;
  /** Gives the jobs of nodes that are gone, or lost, to others. Returns how many. */
  takeBackOrphans(executor: Db): Promise<number>;
  /** What a node has under way. */
  heldBy(nodeId: string): Promise<ClaimedDelivery[]>;
  /**
   * Takes jobs that are due, the oldest first, within the transaction that says which node has them now.
   *
   * @param exceptGroups whose are left where they are
   */
  fetch(limit: number, executor: Db, exceptGroups?: readonly string[]): Promise<ClaimedDelivery[]>;
  /** Ends a job, unless another claim has it by now. */
  complete(job: ClaimedDelivery, executor: Db): Promise<void>;
  /** Has a job tried again after a time, unless another claim has it by now. Returns whether none had. */
  tryAgain(job: ClaimedDelivery, afterMs: number, executor?: Db): Promise<boolean>;
  /** Has a job tried again when pg-boss finds it right: something of ours failed. */
  postpone(job: ClaimedDelivery): Promise<void>;
  /** Gives jobs back that were not tried, to be claimed again at once. */
  handBack(jobs: readonly ClaimedDelivery[], executor: Db): Promise<void>;
}

const DELIVER = "deliver-webhook";

/** pg-boss keeps the count in an `integer`; a delivery is given up for its age, not for having been tried too often. */
const FOR_EVER = 2_000_000_000;

/** Deliveries under way to one host for one project, on all nodes together: others' are not held up by a slow one. */
const AT_ONE_HOST = 16;

/** Deliveries restored by one statement. */
const BATCH = 1_000;

/** Makes the queue ready, and warms it: see `openQueue`. */
export async function openDeliveryQueue(boss: PgBoss, db: EngineDatabase<EngineSchema>): Promise<DeliveryQueue> {
  const options = {
    retryLimit: FOR_EVER,
    // Of those that fail for a reason of our own: all others are given their time.
    retryDelay: 2,
    retryBackoff: true,
    retryDelayMax: 600,
    // Several times what an attempt takes. A node that is gone is noticed sooner, by its heartbeat.
    expireInSeconds: 120,
    retentionSeconds: 30 * 86_400,
  };
  await boss.createQueue(DELIVER, options);
  await boss.updateQueue(DELIVER, options);
  await boss.fetch(DELIVER, { batchSize: 1, minPriority: FOR_EVER });

  const jobOf = ({ id, project, url }: NewDelivery) => ({
    id,
    group: { id: `${project} ${URL.parse(url)?.host ?? ""}` },
  });

  /** Says when a job that has failed is due, unless another claim has it by now. Returns whether none had. */
  async function startAfter({ id }: ClaimedDelivery, afterMs: number, executor: Db): Promise<boolean> {
    const { updated } = await boss.update(DELIVER, undefined, { id, startAfter: afterMs / 1_000, db: executor });
    return updated > 0;
  }

  async function handBack(jobs: readonly ClaimedDelivery[], executor: Db, reason: object | null = null): Promise<void> {
    if (jobs.length === 0) return;
    await boss.fail(DELIVER, [...jobs], reason, { db: executor });
    await executor.executeSql(
      "UPDATE pgboss.job SET start_after = now() WHERE name = $1 AND id = ANY($2::uuid[]) AND state = 'retry'",
      [DELIVER, jobs.map(({ id }) => id)],
    );
  }

  return {
    async send(deliveries) {
      if (deliveries.length > 0) await boss.insert(DELIVER, deliveries.map(jobOf));
    },
    async restore() {
      let restored = 0;
      for (;;) {
        const { rows } = await sql<NewDelivery & { next_attempt_at: Date | null }>`
          SELECT id, project, url, next_attempt_at FROM webhook_deliveries AS delivery
          WHERE status = 'PENDING'
            AND NOT EXISTS (SELECT FROM pgboss.job WHERE job.name = ${DELIVER} AND job.id = delivery.id)
          LIMIT ${BATCH}
        `.execute(db.kysely);
        if (rows.length === 0) return restored;
        // One that came meanwhile keeps its job.
        const jobs = rows.map((row) => ({
          ...jobOf(row),
          ...(row.next_attempt_at === null ? {} : { startAfter: row.next_attempt_at }),
        }));
        await boss.insert(DELIVER, jobs);
        restored += rows.length;
        if (rows.length < BATCH) return restored;
      }
    },
    async sendAgain(executor, delivery) {
      await executor.executeSql("DELETE FROM pgboss.job WHERE name = $1 AND id = $2 AND state <> 'active'", [
        DELIVER,
        delivery.id,
      ]);
      await boss.insert(DELIVER, [jobOf(delivery)], { db: executor });
    },
    async takeBackOrphans(executor) {
      const { rows } = await executor.executeSql(
        `SELECT job.id, job.retry_count AS "retryCount", job.group_id AS "group"
         FROM pgboss.job LEFT JOIN webhook_deliveries ON webhook_deliveries.id = job.id
         WHERE job.name = $1 AND job.state = 'active'
           AND NOT EXISTS (SELECT FROM nodes WHERE nodes.id = webhook_deliveries.node_id AND NOT nodes.lost)`,
        [DELIVER],
      );
      const jobs: ClaimedDelivery[] = rows;
      await handBack(jobs, executor, { reason: "its node is gone" });
      return jobs.length;
    },
    async heldBy(nodeId) {
      const { rows } = await sql<ClaimedDelivery>`
        SELECT job.id, job.retry_count AS "retryCount", job.group_id AS "group"
        FROM pgboss.job JOIN webhook_deliveries ON webhook_deliveries.id = job.id
        WHERE job.name = ${DELIVER} AND job.state = 'active' AND webhook_deliveries.node_id = ${nodeId}
      `.execute(db.kysely);
      return rows;
    },
    async fetch(limit, executor, exceptGroups = []) {
      const jobs = await boss.fetch(DELIVER, {
        batchSize: limit,
        groupConcurrency: AT_ONE_HOST,
        ignoreGroups: [...exceptGroups],
        db: executor,
      });
      return jobs.map(({ id, retryCount, groupId }) => ({ id, retryCount, group: groupId ?? null }));
    },
    async complete(job, executor) {
      // Not kept: what became of it is in our own rows.
      await boss.deleteJob(DELIVER, job, { db: executor });
    },
    async tryAgain(job, afterMs, executor = db.executor) {
      await boss.fail(DELIVER, job, null, { db: executor });
      return await startAfter(job, afterMs, executor);
    },
    async postpone(job) {
      await boss.fail(DELIVER, job);
    },
    handBack,
  };
}
