import { randomUUID } from "node:crypto";
import { sql } from "kysely";
import type { EngineDatabase, EngineTransaction } from "./database/database.ts";
import { DatabaseError } from "./database/database-error.ts";
import type { EngineSchema } from "./database/schema.ts";
import type { Logger } from "./logger.ts";
import { Wake } from "./wake.ts";

/** How a node shows that it lives, and how soon others take its videos when it does not. */
export interface LeaseOptions {
  /** A node that was not heard of for this long has lost what it carried, in milliseconds. */
  leaseMs: number;
  /** How often it makes itself heard, and looks for nodes that are gone, in milliseconds. */
  heartbeatMs: number;
  /** Jobs that one node carries at a time. */
  maxActive: number;
}

/** Nobody else can have an embedded database's jobs, so a pause of this process should cost it nothing. */
export const embeddedLease: LeaseOptions = { leaseMs: 60_000, heartbeatMs: 20_000, maxActive: 1_000 };

/** A killed node's videos are carried on by others within about 7 s; a pause of less than 5 s costs nothing. */
export const sharedLease: LeaseOptions = { leaseMs: 5_000, heartbeatMs: 1_000, maxActive: 10_000 };

/** A node's life under one id. Once lost, it is lost for good. */
export interface Membership {
  readonly nodeId: string;
  /** Aborts when others may have what this node carried under this id. */
  readonly lost: AbortSignal;
  /** Whether the database confirmed within the lease that this node lives. A node that slept through it gets `false`. */
  isHeld(): boolean;
}

/** This process as one of the nodes of its database. */
export interface NodeMembership {
  /** As which node it lives now. Where that is in doubt, as after a sleep, the database is asked at once. */
  current(): Membership;
  /** Leaves: other nodes may start as if it had never been. Hand back its jobs before. */
  close(): Promise<void>;
}

/** What taking part needs. */
export interface JoinOptions {
  db: EngineDatabase<EngineSchema>;
  lease: LeaseOptions;
  /** Whether this node carries videos. */
  carries: boolean;
  /** Names the store of files that this node uses, and its upstream. All nodes must use the same. */
  files: string;
  upstream: string;
  /** Gives what nodes without a row, or with a lost one, were carrying to others, within the transaction. */
  takeBackOrphans: (transaction: EngineTransaction<EngineSchema>) => Promise<number>;
  /** Called within each heartbeat's transaction, which no other node's overlaps. */
  onHeartbeat?: (transaction: EngineTransaction<EngineSchema>, nodeId: string) => Promise<void>;
  log: Logger;
}

/** Held by each heartbeat's transaction, so that nodes read and write `nodes` one after another. Any number will do. */
const HEARTBEAT_LOCK = 7_295_180_514_334_001;

/**
 * Makes this process one of the nodes of its database, and keeps it one: every heartbeat says that it lives, and looks for
 * nodes that were not heard of for the length of a lease. Their jobs are given to others in the transaction that calls them
 * lost, so a node whose row says so, or is gone, can be sure that it has lost everything (invariant 5).
 *
 * One row is written a heartbeat, however many videos a node carries: a heartbeat for each job, as pg-boss has them, would
 * be more writes than all else that happens to a video (docs/decisions/0008).
 *
 * @throws {DatabaseError} `NODES_DISAGREE` when another node that lives has its files elsewhere, or another upstream
 */
export async function joinNodes(options: JoinOptions): Promise<NodeMembership> {
  const { db, lease, log } = options;
  const closing = new AbortController();
  const doubt = new Wake();
  const interval = sql`${lease.leaseMs} * interval '1 millisecond'`;
  let life = await begin();
  // A node that could not reach the database for a while may not judge: the others could not either, and their last
  // heartbeats may be somewhat older than its own.
  const mostSilentMs = lease.leaseMs - 2 * lease.heartbeatMs;
  let healthySince = Date.now();
  let judging: Promise<void> | null = null;

  /** Registers this process under a new id. */
  async function begin() {
    const nodeId = randomUUID();
    const askedAt = Date.now();
    await db.heartbeatTransaction(async ({ kysely }) => {
      await sql`SELECT pg_advisory_xact_lock(${HEARTBEAT_LOCK})`.execute(kysely);
      if (db.kind === "pglite") {
        // The lock of its directory says that no other process lives.
        await kysely.deleteFrom("nodes").execute();
      } else {
        const other = await kysely
          .selectFrom("nodes")
          .select(["files", "upstream"])
          .where("lost", "=", false)
          .where("seen_at", ">", sql<Date>`clock_timestamp() - ${interval}`)
          .where((eb) => eb.or([eb("files", "<>", options.files), eb("upstream", "<>", options.upstream)]))
          .executeTakeFirst();
        if (other !== undefined) throw nodesDisagree(options, other);
      }
      const { carries, files, upstream } = options;
      await kysely.insertInto("nodes").values({ id: nodeId, carries, files, upstream }).execute();
    });
    // Apart from that lock, which every heartbeat waits for: there may be thousands.
    await db.transaction(options.takeBackOrphans);
    return { nodeId, lost: new AbortController(), confirmedAt: askedAt };
  }

  /** Says that this node lives. Returns whether it still does in the eyes of the others. */
  async function beat(): Promise<boolean> {
    return await db.heartbeatTransaction(async (transaction) => {
      const { kysely } = transaction;
      await sql`SELECT pg_advisory_xact_lock(${HEARTBEAT_LOCK})`.execute(kysely);
      const row = await kysely
        .updateTable("nodes")
        .set({ seen_at: sql<Date>`clock_timestamp()` })
        .where("id", "=", life.nodeId)
        .where("lost", "=", false)
        .returning("id")
        .executeTakeFirst();
      if (row === undefined) return false;
      await options.onHeartbeat?.(transaction, life.nodeId);
      return true;
    });
  }

  /** Looks for nodes that are gone, and gives what they carried to others. */
  async function judge(): Promise<void> {
    const found = await db.heartbeat
      .selectFrom("nodes")
      .select("id")
      .where("seen_at", "<", sql<Date>`clock_timestamp() - ${interval}`)
      .execute();
    if (found.length === 0) return;
    const ids = found.map((node) => node.id);
    const taken = await db.transaction(async (transaction) => {
      const { kysely } = transaction;
      // A node that is in the middle of a claim holds its row: it is looked at again when that has ended.
      const lost = await kysely
        .selectFrom("nodes")
        .select("id")
        .where("id", "in", ids)
        .where("lost", "=", false)
        .where("seen_at", "<", sql<Date>`clock_timestamp() - ${interval}`)
        .forUpdate()
        .skipLocked()
        .execute();
      // Its row goes a lease later: until then its shares of the limits count, while its generations find another node.
      await kysely
        .deleteFrom("nodes")
        .where("lost", "=", true)
        .where("seen_at", "<", sql<Date>`clock_timestamp() - 2 * ${interval}`)
        .execute();
      if (lost.length === 0) return null;
      const lostIds = lost.map((node) => node.id);
      await kysely.updateTable("nodes").set({ lost: true }).where("id", "in", lostIds).execute();
      return { nodes: lost.length, videos: await options.takeBackOrphans(transaction) };
    });
    if (taken !== null) log.warn(taken, "nodes were not heard of, and what they carried was given to others");
  }

  /** Beside the heartbeats, which must not wait for it: one at a time. */
  function judgeAside(): void {
    judging ??= judge()
      .catch((error: unknown) => log.error({ err: error }, "what lost nodes carried could not be given to others"))
      .finally(() => {
        judging = null;
      });
  }

  async function live(): Promise<void> {
    for (;;) {
      await doubt.sleep(lease.heartbeatMs, closing.signal);
      if (closing.signal.aborted) return;
      const askedAt = Date.now();
      try {
        if (askedAt - life.confirmedAt > mostSilentMs) healthySince = askedAt;
        if (await beat()) {
          life.confirmedAt = askedAt;
          if (askedAt - healthySince >= lease.leaseMs && db.kind === "postgres") judgeAside();
        } else {
          log.warn({ nodeId: life.nodeId }, "this node was not heard of in time, and begins anew");
          life.lost.abort();
          life = await begin();
          healthySince = Date.now();
        }
      } catch (error) {
        log.error({ reason: error instanceof Error ? error.message : String(error) }, "heartbeat failed");
      }
    }
  }

  const living = live();
  return {
    current() {
      const now = life;
      const isHeld = () => !now.lost.signal.aborted && Date.now() - now.confirmedAt < lease.leaseMs;
      if (!isHeld()) doubt.wake();
      return { nodeId: now.nodeId, lost: now.lost.signal, isHeld };
    },
    async close() {
      closing.abort();
      await living;
      await judging;
      // Its row goes some leases later, as a lost node's does: what it had under way upstream still is, and counts until others have
      // taken it over. A database that is away finds out by itself.
      await db.heartbeat
        .updateTable("nodes")
        .set({
          lost: true,
          seen_at: sql<Date>`clock_timestamp()`,
          generations: sql<number>`least(generations, generations_wanted - waiting)`,
          submissions_per_second: 0,
          polls_per_second: 0,
        })
        .where("id", "=", life.nodeId)
        .execute()
        .catch(() => {});
    },
  };
}

function nodesDisagree(ours: { files: string; upstream: string }, theirs: { files: string; upstream: string }) {
  const message =
    ours.files === theirs.files
      ? `Another node of this database has its videos made by ${theirs.upstream}, and this one would by ${ours.upstream}: set the same AIMLAPI_BASE_URL for every node.`
      : `Another node of this database keeps its files in ${theirs.files}, and this one would in ${ours.files}: set the same REELWIRE_S3_… for every node, or REELWIRE_FILES_DIR to a directory that all share.`;
  return new DatabaseError("NODES_DISAGREE", message);
}
