import type { CarryJob } from "./carry-context.ts";
import type { ClaimedVideo } from "./claim-jobs.ts";
import { JobLost } from "./job-lost.ts";
import type { Logger } from "./logger.ts";
import type { Membership, NodeMembership } from "./node-membership.ts";
import type { ClaimedJob, JobQueue } from "./queue.ts";
import type { StoredVideo } from "./video-row.ts";
import { pause } from "./wake.ts";

/** How long to wait for new jobs when none was announced. */
const IDLE_MS = 1_000;
/** Jobs fetched by one statement. */
const BATCH = 250;
/** How often this node's jobs that it does not know of are looked for, when nothing says that there are any. */
const ORPHANS_EVERY_MS = 5 * 60_000;

/** Claims jobs, completes them, and hands back what is left at the end. */
export interface CarryLoop {
  active(): number;
  /**
   * Starts nothing new, lets a POST under way be answered and saved, hands everything back.
   *
   * @param graceMs how long to wait for such answers, in milliseconds
   */
  close(graceMs: number): Promise<void>;
}

/** What the loop needs. */
export interface CarryLoopOptions {
  queue: JobQueue;
  node: NodeMembership;
  /** Jobs carried at a time. */
  maxActive: number;
  claim: (nodeId: string, limit: number) => Promise<ClaimedVideo[]>;
  carry: (job: CarryJob, video: StoredVideo | null) => Promise<void>;
  log: Logger;
}

/**
 * Starts the loop. It is made of pg-boss's single calls, in bulk, because its `work` with thousands of workers is slow
 * to start jobs: each notification wakes all of them.
 */
export function startCarryLoop({ queue, node, maxActive, claim, carry, log }: CarryLoopOptions): CarryLoop {
  const running = new Map<string, AbortController>();
  const finished = new Set<Promise<void>>();
  /** Jobs that ended without being completed, to be handed back together. */
  const left = new Set<ClaimedJob>();
  let lookForOrphansAt = Date.now() + ORPHANS_EVERY_MS;
  const closing = new AbortController();
  const hardStop = new AbortController();

  function run({ job: claimed, video }: ClaimedVideo, membership: Membership): void {
    const { videoId, fence } = claimed;
    // A newer claim of a job this same process still has: the older one has lost it.
    running.get(videoId)?.abort();
    const lost = new AbortController();
    running.set(videoId, lost);
    const signal = AbortSignal.any([closing.signal, membership.lost, lost.signal]);
    const isHeld = () => !lost.signal.aborted && membership.isHeld();
    const done = carry({ videoId, fence, signal, hardStop: hardStop.signal, isHeld }, video)
      .then(() => queue.complete(claimed))
      .catch((error: unknown) => {
        if (!(error instanceof JobLost)) log.error({ videoId, err: error }, "job ended in an error");
        // After a pause longer than the lease it may still be ours; the queue knows, and ignores who lost it.
        if (!lost.signal.aborted && !membership.lost.aborted) left.add(claimed);
      })
      .finally(() => {
        finished.delete(done);
        if (running.get(videoId) === lost) running.delete(videoId);
        if (left.has(claimed) || running.size === maxActive - 1) queue.wake();
      });
    finished.add(done);
  }

  /** Gives back what ended here without being completed, so that it is claimed again, here or elsewhere. */
  async function handBack(): Promise<void> {
    const jobs = [...left];
    if (jobs.length > 0) await queue.handBack(jobs);
    for (const job of jobs) left.delete(job);
  }

  /** Finds the jobs that are this node's, and that it knows nothing of: the answer to their claim was lost. */
  async function findOrphans(nodeId: string): Promise<void> {
    for (const job of await queue.heldBy(nodeId)) if (!running.has(job.videoId)) left.add(job);
    lookForOrphansAt = Date.now() + ORPHANS_EVERY_MS;
  }

  async function claimAndRun(): Promise<void> {
    while (!closing.signal.aborted) {
      const limit = Math.min(BATCH, maxActive - running.size);
      const membership = node.current();
      try {
        if (Date.now() >= lookForOrphansAt) await findOrphans(membership.nodeId);
        await handBack();
        const jobs = limit > 0 && membership.isHeld() ? await claim(membership.nodeId, limit) : [];
        for (const job of jobs) run(job, membership);
        if (jobs.length < limit || limit === 0) await queue.idle(IDLE_MS, closing.signal);
      } catch (error) {
        log.error({ err: error }, "claiming jobs failed");
        lookForOrphansAt = 0;
        await pause(IDLE_MS, closing.signal);
      }
    }
  }

  const claiming = claimAndRun();
  return {
    active: () => running.size,
    async close(graceMs) {
      closing.abort();
      await claiming;
      const timer = setTimeout(() => hardStop.abort(), graceMs);
      await Promise.all(finished);
      clearTimeout(timer);
      hardStop.abort();
      await findOrphans(node.current().nodeId)
        .then(handBack)
        .catch((error: unknown) => {
          // Others take them when this node is no longer heard of.
          log.warn({ err: error, jobs: left.size }, "jobs could not be handed back");
        });
    },
  };
}
