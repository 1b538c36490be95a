import type { CarryJob } from "./carry-context.ts";
import { JobLost } from "./job-lost.ts";
import type { Logger } from "./logger.ts";
import type { ClaimedJob, JobQueue, LeaseOptions } from "./queue.ts";
import { pause } from "./wake.ts";

/** How long to wait for new jobs when none was announced. */
const IDLE_MS = 1_000;
/** Jobs fetched by one statement. */
const BATCH = 100;
/** Heartbeats a lease, so that one or two may fail. */
const HEARTBEATS_PER_LEASE = 3;

interface Running {
  claimed: ClaimedJob;
  lost: AbortController;
  confirmedAt: number;
}

/** Fetches jobs, keeps them alive, completes them, and hands back what is left at the end. */
export interface CarryLoop {
  active(): number;
  /**
   * Starts nothing new, lets a POST under way be answered and saved, hands everything back.
   *
   * @param graceMs how long to wait for such answers, in milliseconds
   */
  close(graceMs: number): Promise<void>;
}

/**
 * Starts the loop. It is made of pg-boss's single calls, in bulk, because its `work` with thousands of workers is slow
 * to start jobs: each notification wakes all of them.
 */
export function startCarryLoop(
  queue: JobQueue,
  lease: LeaseOptions,
  log: Logger,
  carry: (job: CarryJob) => Promise<void>,
): CarryLoop {
  const running = new Map<string, Running>();
  const finished = new Set<Promise<void>>();
  const closing = new AbortController();
  const hardStop = new AbortController();
  const leaseMs = lease.heartbeatSeconds * 1_000;

  function run(claimed: ClaimedJob): void {
    const { videoId } = claimed;
    // A newer claim of a job this same process still has: the older one has lost it.
    running.get(videoId)?.lost.abort();
    const job: Running = { claimed, lost: new AbortController(), confirmedAt: Date.now() };
    running.set(videoId, job);
    const done = carry({
      videoId,
      fence: claimed.fence,
      signal: AbortSignal.any([closing.signal, job.lost.signal]),
      hardStop: hardStop.signal,
      isHeld: () => !job.lost.signal.aborted && Date.now() - job.confirmedAt < leaseMs,
    })
      .then(() => queue.complete(claimed))
      .catch((error: unknown) => {
        // Not completed: somebody claims it again, at the latest when its heartbeats stop.
        if (!(error instanceof JobLost)) log.error({ videoId, err: error }, "job ended in an error");
        // After a pause longer than the lease it may still be ours; the queue knows, and ignores who lost it.
        return job.lost.signal.aborted ? undefined : queue.handBack([claimed]);
      })
      .catch((error: unknown) => log.warn({ videoId, err: error }, "job could not be completed or handed back"))
      .finally(() => {
        finished.delete(done);
        if (running.get(videoId) === job) running.delete(videoId);
        queue.wake();
      });
    finished.add(done);
  }

  async function fetchJobs(): Promise<void> {
    while (!closing.signal.aborted) {
      const free = lease.maxActive - running.size;
      const limit = Math.min(BATCH, free);
      try {
        const jobs = limit > 0 ? await queue.fetch(limit) : [];
        for (const job of jobs) run(job);
        if (jobs.length < limit || limit === 0) await queue.idle(IDLE_MS, closing.signal);
      } catch (error) {
        log.error({ err: error }, "fetching jobs failed");
        await pause(IDLE_MS, closing.signal);
      }
    }
  }

  async function keepAlive(): Promise<void> {
    // Goes on while closing, until everything has ended.
    while (!hardStop.signal.aborted) {
      await pause(leaseMs / HEARTBEATS_PER_LEASE, hardStop.signal);
      const askedAt = Date.now();
      const jobs = [...running.values()];
      try {
        const held = await queue.touch(jobs.map((job) => job.claimed));
        for (const job of jobs) {
          if (held.has(job.claimed.videoId)) job.confirmedAt = askedAt;
          else if (running.get(job.claimed.videoId) === job) job.lost.abort();
        }
      } catch (error) {
        log.error({ err: error }, "heartbeat failed");
      }
    }
  }

  const fetching = fetchJobs();
  const beating = keepAlive();
  return {
    active: () => running.size,
    async close(graceMs) {
      closing.abort();
      await fetching;
      const timer = setTimeout(() => hardStop.abort(), graceMs);
      await Promise.all(finished);
      clearTimeout(timer);
      hardStop.abort();
      await beating;
    },
  };
}
