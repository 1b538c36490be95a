import { isFinal, transition, type VideoEvent } from "@reelwire/core";
import type { CarryContext, CarryJob, CarryStep } from "./carry-context.ts";
import { throughAnyOutage } from "./database-outage.ts";
import { JobLost } from "./job-lost.ts";
import { loadClaimed, saveVersion } from "./store.ts";
import type { Ticket } from "./submission-line.ts";
import { createBackoff } from "./timing.ts";
import type { StoredVideo } from "./video-row.ts";
import { pause, Wake } from "./wake.ts";

/** Notices that were missed are made up for within this time, not by all videos in the same instant. In milliseconds. */
const CATCH_UP_MS = 5_000;
/** How often a node that may have lost its lease looks whether it has, in milliseconds. */
const DOUBT_MS = 500;

/** A video while one claim carries it: what it knows, and what it may do. */
export class Carriage {
  readonly context: CarryContext;
  readonly job: CarryJob;
  readonly #wake = new Wake();
  readonly #stopListening: () => void;
  /** When to read the video again at the latest; on a clock that nobody sets. */
  #readAgainAt: number;
  /** Its place in the line of submissions, or among the generations under way; `null` while it waits for neither. */
  #place: Pick<Ticket, "leave"> | null = null;
  video: StoredVideo;

  constructor(context: CarryContext, job: CarryJob, video: StoredVideo) {
    this.context = context;
    this.job = job;
    this.video = video;
    this.#readAgainAt = performance.now() + context.timing.sweepMs;
    this.#stopListening = context.bus.onVideo(video.id, {
      // A cancellation is noticed at once, not at the next poll.
      heard: (notice) => {
        if (notice.version > this.video.version) this.#readWithin(0);
      },
      missed: () => this.#readWithin(context.random() * Math.min(CATCH_UP_MS, context.timing.sweepMs)),
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
    const { owner, keyId } = this.video;
    const ticket = this.context.gate.submissions.join(() => this.#wake.wake(), `${owner.project} ${keyId ?? ""}`);
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
        const saved = { video: before, next, event: event.type };
        const deliveries = await saveVersion(context.db.kysely, saved, job.claim);
        if (deliveries !== null) {
          this.video = next;
          // Nothing is under way upstream any more: its place is for others.
          if (before.status !== "ACCEPTED" && next.status === "ACCEPTED") this.#place?.leave();
          const { version, status, error } = next;
          context.log.info({ videoId: next.id, version, status, code: error?.code }, "video changed");
          this.#publish();
          await context.tell(deliveries);
          return true;
        }
        await this.reload();
        // What is stored has been brought back to where this began.
        if (this.video.version === before.version) continue;
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

  /**
   * Reads the video again, for as long as that takes.
   *
   * @throws {JobLost} when another claim has it
   */
  async reload(): Promise<void> {
    const { context, job } = this;
    const stored = await throughAnyOutage(() => loadClaimed(context.db.kysely, this.video.id, job.claim), job.hardStop);
    if (stored === null) throw new JobLost();
    this.#readAgainAt = performance.now() + context.timing.sweepMs;
    if (stored.version < this.video.version) return await this.#restore(stored);
    const { lastCheckedAt } = this.video;
    // Polls that changed nothing are newer here than what is stored.
    this.video = stored.version === this.video.version ? { ...stored, lastCheckedAt } : stored;
  }

  /**
   * Saves what is known here once more, where the database has gone back to before it, as one does that failed over to a copy
   * which had not got the last commits. By what is stored the video might be sent again (invariant 2).
   */
  async #restore(stored: StoredVideo): Promise<void> {
    const { context, job, video } = this;
    context.log.error({ videoId: video.id, version: video.version, stored: stored.version }, "the database went back");
    const saved = { video: stored, next: video, event: "restored" } as const;
    // Not given up for a lost connection: whoever began again would go by what is stored.
    const deliveries = await throughAnyOutage(() => saveVersion(context.db.kysely, saved, job.claim), job.hardStop);
    // Where only the answer was lost, the next claim finds it saved.
    if (deliveries === null) throw new JobLost();
    this.#publish();
    await context.tell(deliveries);
  }

  /** Tells subscribers that the upstream was asked and said nothing new: not stored, best effort (invariant 7). */
  publishPoll(at: Date): void {
    this.video = { ...this.video, lastCheckedAt: at };
    this.#publish();
  }

  /**
   * Sleeps until the time has come, somebody else has changed the video, or something else is due. Reads the video again when
   * there is word of a change, and now and then in case that was lost (invariant 8).
   *
   * @param isDue looked at whenever it wakes
   * @throws {JobLost} when the job must be left
   */
  async sleep(ms: number, isDue: () => boolean = () => false): Promise<void> {
    const until = performance.now() + ms;
    const { version } = this.video;
    for (;;) {
      const next = Math.min(until, this.#readAgainAt);
      await this.#wake.sleep(Math.max(0, next - performance.now()), this.job.signal);
      await this.#untilHeld();
      if (performance.now() >= this.#readAgainAt) await this.reload();
      if (this.video.version !== version || isDue() || performance.now() >= until) return;
    }
  }

  /** Waits while it is not known whether the job is still ours. */
  async #untilHeld(): Promise<void> {
    this.assertNotLost();
    while (!this.job.isHeld()) {
      await pause(DOUBT_MS, this.job.signal);
      this.assertNotLost();
    }
  }

  /** @throws {JobLost} when the job must be left */
  assertNotLost(): void {
    if (this.job.signal.aborted) throw new JobLost();
  }

  /** Whether the job is certainly still ours, and the engine goes on. */
  isHeld(): boolean {
    return !this.job.signal.aborted && this.job.isHeld();
  }

  #readWithin(ms: number): void {
    this.#readAgainAt = Math.min(this.#readAgainAt, performance.now() + ms);
    this.#wake.wake();
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
