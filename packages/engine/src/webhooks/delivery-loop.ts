import { JobLost } from "../job-lost.ts";
import type { Logger } from "../logger.ts";
import type { NodeMembership } from "../node-membership.ts";
import { pause, Wake } from "../wake.ts";
import type { ClaimedDeliveries, ClaimRules, DueDelivery } from "./claim-deliveries.ts";
import type { Deliver } from "./deliver.ts";
import type { DeliveryQueue } from "./delivery-queue.ts";

/** How long to wait for what is due when none was announced, in milliseconds. */
const IDLE_MS = 1_000;
/** What failed and is due again this soon, in milliseconds, is tried on time; what is due later, with the next look for what is due. */
const SOON_MS = 10_000;
/** How long `close` waits for what neither an answer nor a signal has ended, in milliseconds. */
const LAST_GRACE_MS = 2_000;
/** Deliveries under way on one node, and of one project: half, so that it alone does not hold up all others'. */
const AT_A_TIME = 64;
const OF_ONE_PROJECT = AT_A_TIME / 2;
/** Of a project that had no room, how many may be left under way before more of it is claimed: not one by one, each looked for among many. */
const ROOM_AGAIN = OF_ONE_PROJECT / 2;

/** Claims deliveries and tries them. */
export interface DeliveryLoop {
  /** There may be something to deliver. */
  wake(): void;
  /**
   * Starts nothing new, lets attempts under way end, and hands the rest back.
   *
   * @param graceMs how long to wait for them, in milliseconds
   */
  close(graceMs: number): Promise<void>;
}

/** What the loop needs. */
export interface DeliveryLoopOptions {
  queue: DeliveryQueue;
  node: NodeMembership;
  claim: (nodeId: string, limit: number, rules: ClaimRules) => Promise<ClaimedDeliveries>;
  deliver: Deliver;
  log: Logger;
}

/**
 * Starts the loop. It is made of pg-boss's single calls: its `work` asks the database once for each of the deliveries that may be under way,
 * every two seconds, and knows nothing of nodes that are gone (docs/decisions/0015).
 */
export function startDeliveryLoop({ queue, node, claim, deliver, log }: DeliveryLoopOptions): DeliveryLoop {
  const running = new Map<string, { due: DueDelivery; done: Promise<void> }>();
  /** Groups of jobs of projects that have no room here, each with its project. */
  const full = new Map<string, string>();
  const wake = new Wake();
  const closing = new AbortController();
  const hardStop = new AbortController();
  /** Whether this node may have deliveries that it knows nothing of: the answer to their claim was lost. */
  let mayHoldMore = false;
  /** When those that failed here are due again, as far as that is soon; on a clock that nobody sets. */
  const dueAt = new Set<number>();

  const ofProject = (project: string) => [...running.values()].filter(({ due }) => due.project === project).length;

  function forgetFull(project: string): void {
    for (const [group, of] of full) if (of === project) full.delete(group);
  }

  function run(due: DueDelivery): void {
    const done = deliver(due, hardStop.signal)
      .then((nextInMs) => {
        if (nextInMs !== null && nextInMs <= SOON_MS) dueAt.add(performance.now() + nextInMs);
      })
      .catch(async (error: unknown) => {
        if (hardStop.signal.aborted) return void (await queue.tryAgain(due.job, 0));
        log.error({ delivery: due.id, err: error }, "delivering failed, to be tried again");
        await queue.postpone(due.job);
      })
      .catch((error: unknown) => log.warn({ delivery: due.id, err: error }, "a delivery could not be handed back"))
      .finally(() => {
        running.delete(due.id);
        if (ofProject(due.project) <= ROOM_AGAIN) forgetFull(due.project);
        // Others may have waited for room, here or at its host.
        wake.wake();
      });
    running.set(due.id, { due, done });
  }

  /** Gives back what this node has and knows nothing of. */
  async function handBackUnknown(nodeId: string): Promise<void> {
    for (const job of await queue.heldBy(nodeId)) if (!running.has(job.id)) await queue.tryAgain(job, 0);
    mayHoldMore = false;
  }

  /** How long to wait for what is due next; with a millisecond more, since timers may be early by a part of one. */
  function untilDueMs(): number {
    let first = performance.now() + IDLE_MS;
    for (const at of dueAt) first = Math.min(first, at + 1);
    return Math.max(0, first - performance.now());
  }

  async function claimAndRun(): Promise<void> {
    while (!closing.signal.aborted) {
      const membership = node.current();
      try {
        if (mayHoldMore) await handBackUnknown(membership.nodeId);
        const room = AT_A_TIME - running.size;
        if (room > 0 && membership.isHeld()) {
          for (const at of dueAt) if (at <= performance.now()) dueAt.delete(at);
          const mayTry = (project: string, claimed: number) => ofProject(project) + claimed < OF_ONE_PROJECT;
          const claimed = await claim(membership.nodeId, room, { mayTry, exceptGroups: [...full.keys()] });
          for (const one of claimed.due) run(one);
          for (const [group, project] of claimed.full) if (ofProject(project) > ROOM_AGAIN) full.set(group, project);
          if (claimed.isMore) continue;
        }
        await wake.sleep(untilDueMs(), closing.signal);
      } catch (error) {
        if (!(error instanceof JobLost)) log.error({ err: error }, "claiming deliveries failed");
        mayHoldMore = true;
        await pause(IDLE_MS, closing.signal);
      }
    }
  }

  const claiming = claimAndRun();
  return {
    wake: () => wake.wake(),
    async close(graceMs) {
      closing.abort();
      await claiming;
      const timer = setTimeout(() => hardStop.abort(), graceMs);
      const tooLong = new AbortController();
      const ended = Promise.all([...running.values()].map(({ done }) => done));
      // What cannot be handed back is given to others when this node is no longer heard of.
      await Promise.race([ended, pause(graceMs + LAST_GRACE_MS, tooLong.signal)]);
      tooLong.abort();
      clearTimeout(timer);
      hardStop.abort();
    },
  };
}
