import { isFinal, transition, type VideoEvent } from "@reelwire/core";
import type { CarryContext, CarryJob, CarryStep } from "./carry-context.ts";
import { JobLost } from "./job-lost.ts";
import { loadVideo, saveVersion } from "./store.ts";
import type { Ticket } from "./submission-line.ts";
import { createBackoff } from "./timing.ts";
import type { StoredVideo } from "./video-row.ts";
import { pause, Wake } from "./wake.ts";

/** A video while one claim carries it: what it knows, and what it may do. */
export class Carriage {
  readonly context: CarryContext;
  readonly job: CarryJob;
  readonly #wake = new Wake();
  readonly #stopListening: () => void;
  #readAt = Date.now();
  /** Its place in the line of submissions, or among the generations under way; `null` while it waits for neither. */
  #place: Pick<Ticket, "leave"> | null = null;
  video: StoredVideo;

  constructor(context: CarryContext, job: CarryJob, video: StoredVideo) {
    this.context = context;
    this.job = job;
    this.video = video;
    // A cancellation is noticed at once, not at the next poll.
    this.#stopListening = context.bus.onVideo(video.id, {
      heard: (notice) => {
        if (notice.version > this.video.version) this.#wake.wake();
      },
      missed: () => this.#wake.wake(),
    });
    if (isUnderWay(video)) this.#place = context.gate.submissions.underWay();
  }

  end(): void {
    this.#stopListening();
    this.#place?.leave();
  }

  /** Takes a place in the line of submissions, and wakes when its turn comes. */
  joinLine(): Ticket {
    this.#place?.leave();
    const ticket = this.context.gate.submissions.join(() => this.#wake.wake());
    this.#place = ticket;
    return ticket;
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
          // Nothing is under way upstream any more: its place is for others.
          if (before.status !== "ACCEPTED" && next.status === "ACCEPTED") this.#place?.leave();
          const { version, status, error } = next;
          context.log.info({ videoId: next.id, version, status, code: error?.code }, "video changed");
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
    // Polls that changed nothing are newer here than what is stored.
    this.video = stored.version === this.video.version ? { ...stored, lastCheckedAt } : stored;
    this.#readAt = Date.now();
  }

  /** Tells subscribers that the upstream was asked and said nothing new: not stored, best effort (invariant 7). */
  publishPoll(at: Date): void {
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
    if (!this.isHeld()) throw new JobLost();
  }

  /** Whether the job is still ours, and the engine goes on. */
  isHeld(): boolean {
    return !this.job.signal.aborted && this.job.isHeld();
  }

  step(step: CarryStep): void | Promise<void> {
    return this.context.onStep(step, this.video.id);
  }

  #publish(): void {
    const { id, owner, version, lastCheckedAt } = this.video;
    this.context.bus.publish({ videoId: id, owner, version, lastCheckedAt: lastCheckedAt?.getTime() ?? null });
  }
}

/** Whether the upstream has it, or may have. */
function isUnderWay({ status }: StoredVideo): boolean {
  return status !== "ACCEPTED" && !isFinal(status);
}
