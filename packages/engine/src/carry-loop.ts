import type { CarryJob } from "./carry-context.ts";
import type { ClaimedVideo } from "./claim-jobs.ts";
import { JobLost } from "./job-lost.ts";
import type { Logger } from "./logger.ts";
import type { Membership, NodeMembership } from "./node-membership.ts";
import type { ClaimedJob, JobQueue } from "./queue.ts";
import type { SubmissionLine } from "./submission-line.ts";
import type { StoredVideo } from "./video-row.ts";
import { pause } from "./wake.ts";

/** How long to wait for new jobs when none was announced. */
const IDLE_MS = 1_000;
/** Jobs fetched by one statement. */
const BATCH = 250;
/**
 * Videos in a node's line of submissions, at most: the others wait in the queue, where a newcomer's has its turn before them, and where
 * they cost nothing. More are fetched when half of them are sent, in which time a node could not send more than those.
 */
const IN_LINE = 50;
/** How often a node that has enough of them looks for one whose turn comes before, in milliseconds. */
const LOOK_EVERY_MS = 100;
/** The same where they wait after errors and not in the line: each look may bring one more of those. */
const LOOK_SELDOM_MS = 5_000;
/** How often this node's jobs that it does not know of are looked for, when nothing says that there are any. */
const ORPHANS_EVERY_MS = 5 * 60_000;

/** How long `close` waits for what neither an answer nor a signal has ended, in milliseconds. */
const LAST_GRACE_MS = 2_000;

/** Claims jobs, completes them, and hands back what is left at the end. */
export interface CarryLoop {
  /** Videos carried now, without those of which only the file is being copied. */
  active(): number;
  /** Looks soon for jobs of this node that it does not know of: the database may have gone back. */
  doubt(): void;
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
  /** See `claimJobs`. */
  claim: (nodeId: string, limit: number, onlyFirst: boolean) => Promise<ClaimedVideo[]>;
  line: Pick<SubmissionLine, "isShut" | "demand" | "onUnderWay">;
  carry: (job: CarryJob, video: StoredVideo | null) => Promise<void>;
  log: Logger;
}

/**
 * Starts the loop. It is made of pg-boss's single calls, in bulk, because its `work` with thousands of workers is slow
 * to start jobs: each notification wakes all of them.
 */
export function startCarryLoop({ queue, node, maxActive, claim, line, carry, log }: CarryLoopOptions): CarryLoop {
  const running = new Map<string, AbortController>();
  const finished = new Set<Promise<void>>();
  /** Jobs whose video is final, and whose file is being copied. */
  const finishing = new Set<string>();
  /** Jobs that ended without being completed, to be handed back together; by video. */
  const left = new Map<string, ClaimedJob>();
  let lookForOrphansAt = Date.now() + ORPHANS_EVERY_MS;
  const half = Math.ceil(maxActive / 2);
  const inLine = Math.min(IN_LINE, half);
  /** Whether there was enough to be sent when that was last looked at. */
  let hadEnough = false;
  let lookAgainAt = 0;
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
    const forget = () => {
      if (running.get(videoId) !== lost) return;
      running.delete(videoId);
      if (running.size === maxActive - 1) queue.wake();
      wakeUnlessEnough();
    };
    const onFinal = () => {
      finishing.add(videoId);
      forget();
    };
    const claim = { fence, nodeId: membership.nodeId };
    const done = carry({ videoId, claim, signal, hardStop: hardStop.signal, isHeld, onFinal }, video)
      .then(() => queue.complete(claimed))
      .catch((error: unknown) => {
        if (!(error instanceof JobLost)) log.error({ videoId, err: error }, "job ended in an error");
        // After a pause longer than the lease it may still be ours; the queue knows, and ignores who lost it.
        if (!lost.signal.aborted && !membership.lost.aborted) left.set(videoId, claimed);
      })
      .finally(() => {
        finished.delete(done);
        finishing.delete(videoId);
        forget();
        if (left.has(videoId)) queue.wake();
      });
    finished.add(done);
  }

  /** Whether this node need fetch no more to be sent: many are in the line, or wait to be sent again after an error. */
  function hasEnough(): boolean {
    const { waiting, generations } = line.demand();
    return waiting > inLine / 2 || running.size - generations > half;
  }

  function wakeUnlessEnough(): void {
    if (hadEnough && !hasEnough()) queue.wake();
  }
  line.onUnderWay(wakeUnlessEnough);

  /** Gives back what ended here without being completed, so that it is claimed again, here or elsewhere. */
  async function handBack(): Promise<void> {
    const jobs = [...left.values()];
    if (jobs.length > 0) await queue.handBack(jobs);
    for (const job of jobs) if (left.get(job.videoId) === job) left.delete(job.videoId);
  }

  /** Finds the jobs that are this node's, and that it knows nothing of: the answer to their claim was lost. */
  async function findOrphans(nodeId: string): Promise<void> {
    for (const job of await queue.heldBy(nodeId)) {
      if (!running.has(job.videoId) && !finishing.has(job.videoId)) left.set(job.videoId, job);
    }
    lookForOrphansAt = Date.now() + ORPHANS_EVERY_MS;
  }

  async function claimAndRun(): Promise<void> {
    let batch = inLine;
    let wasFull = false;
    while (!closing.signal.aborted) {
      const membership = node.current();
      try {
        if (Date.now() >= lookForOrphansAt) await findOrphans(membership.nodeId);
        await handBack();
        hadEnough = hasEnough();
        const waitMs = hadEnough ? lookAgainAt - performance.now() : 0;
        if (waitMs > 0) {
          await queue.idle(waitMs, closing.signal);
          continue;
        }
        const { waiting } = line.demand();
        // More at a time as long as nothing of it waits in the line: jobs of a node that is gone, or an upstream without limits.
        if (waiting > 0) batch = inLine;
        else if (wasFull) batch = Math.min(BATCH, batch * 2);
        const limit = Math.min(hadEnough ? BATCH : batch - waiting, maxActive - running.size);
        // What was sent before is taken all the same, and what nobody else's turn comes before: a newcomer's.
        const jobs =
          limit > 0 && !line.isShut() && membership.isHeld() ? await claim(membership.nodeId, limit, hadEnough) : [];
        for (const job of jobs) run(job, membership);
        wasFull = jobs.length === limit && limit > 0;
        if (wasFull) continue;
        if (hadEnough) lookAgainAt = performance.now() + (waiting > 0 ? LOOK_EVERY_MS : LOOK_SELDOM_MS);
        await queue.idle(IDLE_MS, closing.signal);
      } catch (error) {
        if (!(error instanceof JobLost)) log.error({ err: error }, "claiming jobs failed");
        lookForOrphansAt = 0;
        await pause(IDLE_MS, closing.signal);
      }
    }
  }

  const claiming = claimAndRun();
  return {
    active: () => running.size,
    doubt() {
      lookForOrphansAt = 0;
      queue.wake();
    },
    async close(graceMs) {
      closing.abort();
      await claiming;
      const timer = setTimeout(() => hardStop.abort(), graceMs);
      const tooLong = new AbortController();
      await Promise.race([Promise.all(finished), pause(graceMs + LAST_GRACE_MS, tooLong.signal)]);
      tooLong.abort();
      clearTimeout(timer);
      hardStop.abort();
      // What has not ended by now is handed back as it is.
      running.clear();
      finishing.clear();
      await findOrphans(node.current().nodeId)
        .then(handBack)
        .catch((error: unknown) => {
          // Others take them when this node is no longer heard of.
          log.warn({ err: error, jobs: left.size }, "jobs could not be handed back");
        });
    },
  };
}
