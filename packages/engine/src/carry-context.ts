import type { PollSchedule, VideoEvent } from "@reelwire/core";
import { transition } from "@reelwire/core";
import type { UpstreamClient } from "@reelwire/core/upstream";
import type { EngineDatabase } from "./database/database.ts";
import type { EngineSchema } from "./database/schema.ts";
import type { EventBus } from "./event-bus.ts";
import type { Logger } from "./logger.ts";
import type { SettleSubmission } from "./settle-submission.ts";
import { loadVideo, saveVersion } from "./store.ts";
import { type CarryTiming, createBackoff } from "./timing.ts";
import type { UpstreamHealthRecord } from "./upstream-health.ts";
import type { StoredVideo } from "./video-row.ts";
import { pause, Wake } from "./wake.ts";

/** What carrying a video needs. */
export interface CarryContext {
  db: EngineDatabase<EngineSchema>;
  upstream: UpstreamClient;
  bus: EventBus;
  schedule: PollSchedule;
  timing: CarryTiming;
  settle: SettleSubmission;
  health: UpstreamHealthRecord;
  log: Logger;
  random: () => number;
  onStep: (step: CarryStep, videoId: string) => void | Promise<void>;
}

/** The moments between which a crash must lose nothing. */
export type CarryStep =
  | "claimed"
  | "submit_started_saved"
  | "submit_answered"
  | "submit_outcome_saved"
  | "settled_saved"
  | "polled"
  | "poll_saved"
  | "archived";

/** One claim of one video's job. */
export interface CarryJob {
  videoId: string;
  /** Greater than that of every earlier claim (invariant 5). */
  fence: number;
  /** Aborts when the job is lost or must be handed back: start nothing new. */
  signal: AbortSignal;
  /** Aborts when even an answer under way can no longer be waited for. */
  hardStop: AbortSignal;
  /** Whether the queue confirmed lately that the job is ours. A node that slept through its lease gets `false`. */
  isHeld(): boolean;
}

/** Thrown to leave a job that another node has, or will get. Nothing is to be written any more. */
export class JobLost extends Error {
  override readonly name = "JobLost";
}

/** A video while one claim carries it: what it knows, and what it may do. */
export class Carriage {
  readonly context: CarryContext;
  readonly job: CarryJob;
  readonly #wake = new Wake();
  readonly #stopListening: () => void;
  #readAt = Date.now();
  video: StoredVideo;

  constructor(context: CarryContext, job: CarryJob, video: StoredVideo) {
    this.context = context;
    this.job = job;
    this.video = video;
    // A cancellation is noticed at once, not at the next poll.
    this.#stopListening = context.bus.onVideo(video.id, (notice) => {
      if (notice.version > this.video.version) this.#wake.wake();
    });
  }

  end(): void {
    this.#stopListening();
  }

  /**
   * Saves what an event makes of the video and tells everybody. Where somebody else has changed it meanwhile
   * (canceled it), `video` is what is stored now. Keeps trying while the database is away, since what is to be saved
   * may be known nowhere else.
   *
   * @returns whether the event changed the video
   * @throws {JobLost} when another claim has it
   */
  async save(event: VideoEvent): Promise<boolean> {
    const before = this.video;
    const next = transition(before, event, new Date());
    if (next === before) return false;
    const { context, job } = this;
    const backoff = createBackoff(100, 5_000, context.random);
    for (;;) {
      try {
        if (await saveVersion(context.db.kysely, { video: before, next, event: event.type }, job.fence)) {
          this.video = next;
          this.#publish();
          return true;
        }
        await this.reload();
        // A save whose confirmation was lost is found here to have happened.
        if (this.video.version === next.version && this.video.status === next.status) this.#publish();
        return this.video.version === next.version && this.video.status === next.status;
      } catch (error) {
        if (error instanceof JobLost || job.hardStop.aborted) throw error;
        context.log.error({ videoId: before.id, event: event.type, err: error }, "saving failed, trying again");
        await pause(backoff.nextMs(), job.hardStop);
      }
    }
  }

  /** Reads the video again. @throws {JobLost} when another claim has it */
  async reload(): Promise<void> {
    const stored = await loadVideo(this.context.db.kysely, this.video.id);
    if (stored === null || stored.fence !== this.job.fence) throw new JobLost();
    const { lastCheckedAt } = this.video;
    // Checks that changed nothing are newer here than what is stored.
    this.video = stored.version === this.video.version ? { ...stored, lastCheckedAt } : stored;
    this.#readAt = Date.now();
  }

  /** Tells subscribers that the upstream was asked and said nothing new: not stored, best effort (invariant 7). */
  publishCheck(at: Date): void {
    this.video = { ...this.video, lastCheckedAt: at };
    this.#publish();
  }

  /**
   * Sleeps, and wakes early when somebody else changes the video. Reads it again when that happened, and now and then
   * in case its notice was lost (invariant 8).
   *
   * @throws {JobLost} when the job must be left
   */
  async sleep(ms: number): Promise<void> {
    const woken = await this.#wake.sleep(ms, this.job.signal);
    this.assertHeld();
    if (woken || Date.now() - this.#readAt > this.context.timing.sweepMs) await this.reload();
  }

  /** @throws {JobLost} when the job must be left */
  assertHeld(): void {
    if (this.job.signal.aborted || !this.job.isHeld()) throw new JobLost();
  }

  step(step: CarryStep): void | Promise<void> {
    return this.context.onStep(step, this.video.id);
  }

  #publish(): void {
    const { id, owner, version, lastCheckedAt } = this.video;
    this.context.bus.publish({ videoId: id, owner, version, lastCheckedAt: lastCheckedAt?.getTime() ?? null });
  }
}
