import { CREDITS_PER_USD, type Generation } from "./generation.ts";
import { isFinal, type VideoError, type VideoState, type WaitingReason } from "./video.ts";

/**
 * Everything that can happen to a video. VIDEO-STATE.md has the table of what each event does in each status.
 *
 * - `submit_delayed`: its turn to be sent has not come.
 * - `submit_started`: saved before a POST is sent, so that its number is known whatever crashes.
 * - `submit_accepted`, `submit_refused`, `submit_postponed`, `submit_outcome_lost`: what became of that POST.
 * - `submit_abandoned`: it could not be sent within the time allowed for it.
 * - `settled_accepted`, `settled_not_accepted`, `settle_abandoned`: what the request log says of a lost answer.
 * - `polled`: the upstream answered a GET.
 * - `generation_abandoned`: deadline passed, or the upstream lost it.
 * - `canceled`: somebody asked for it.
 */
export type VideoEvent =
  | { type: "submit_delayed"; waitingReason: WaitingReason }
  | { type: "submit_started" }
  | { type: "submit_accepted"; generation: Generation }
  | { type: "submit_refused"; error: VideoError }
  | { type: "submit_postponed"; waitingReason: WaitingReason | null }
  | { type: "submit_outcome_lost" }
  | { type: "submit_abandoned"; error: VideoError }
  | { type: "settled_accepted"; generationId: string }
  | { type: "settled_not_accepted"; waitingReason: WaitingReason }
  | { type: "settle_abandoned"; error: VideoError }
  | { type: "polled"; generation: Generation }
  | { type: "generation_abandoned"; error: VideoError }
  | { type: "canceled" };

/** The state a video begins in: accepted, and nothing sent. */
export function acceptedState(now: Date): VideoState {
  return {
    status: "ACCEPTED",
    version: 1,
    attempt: 0,
    waitingReason: null,
    generationId: null,
    sourceUrl: null,
    error: null,
    creditsUsed: null,
    chargedUsd: null,
    submittedAt: null,
    lastCheckedAt: null,
    lastPendingAt: null,
    finishedAt: null,
    updatedAt: now,
  };
}

/**
 * What an event makes of a video. Pure and total: it takes the time as an argument, never throws, and returns the
 * very same object where the event changes nothing, so `next === video` says there is nothing to save.
 *
 * @param video the video as it is now
 * @param event what happened
 * @param now when it happened
 */
export function transition<V extends VideoState>(video: V, event: VideoEvent, now: Date): V {
  if (isFinal(video.status)) return video;
  const patch = changes(video, event, now);
  if (patch === null) return video;
  const next: V = { ...video, ...patch, version: video.version + 1, updatedAt: now };
  return isFinal(next.status) ? { ...next, finishedAt: now, waitingReason: null } : next;
}

function changes(video: VideoState, event: VideoEvent, now: Date): Partial<VideoState> | null {
  switch (event.type) {
    case "submit_delayed":
      if (video.status !== "ACCEPTED" || video.waitingReason === event.waitingReason) return null;
      return { waitingReason: event.waitingReason };
    case "submit_started":
      if (video.status !== "ACCEPTED") return null;
      return { status: "SUBMITTING", attempt: video.attempt + 1, submittedAt: now, waitingReason: null };
    case "submit_accepted":
      if (video.status !== "SUBMITTING" && video.status !== "UNCONFIRMED") return null;
      return { ...accepted(event.generation), lastCheckedAt: now };
    case "submit_refused":
      return video.status === "SUBMITTING" ? { status: "FAILED", error: event.error } : null;
    case "submit_postponed":
      return video.status === "SUBMITTING" ? { status: "ACCEPTED", waitingReason: event.waitingReason } : null;
    case "submit_outcome_lost":
      return video.status === "SUBMITTING" ? { status: "UNCONFIRMED" } : null;
    case "submit_abandoned":
      return video.status === "ACCEPTED" ? { status: "FAILED", error: event.error } : null;
    case "settled_accepted":
      if (video.status !== "UNCONFIRMED") return null;
      // The log says nothing of how far it is: that was not a check.
      return { status: "QUEUED", generationId: event.generationId };
    case "settled_not_accepted":
      return video.status === "UNCONFIRMED" ? { status: "ACCEPTED", waitingReason: event.waitingReason } : null;
    case "settle_abandoned":
      return video.status === "UNCONFIRMED" ? { status: "FAILED", error: event.error } : null;
    case "polled":
      return polled(video, event.generation, now);
    case "generation_abandoned":
      return isUnderWay(video) ? { status: "FAILED", error: event.error } : null;
    case "canceled":
      return { status: "CANCELED" };
  }
}

function isUnderWay(video: VideoState): boolean {
  return video.status === "QUEUED" || video.status === "GENERATING";
}

function polled(video: VideoState, generation: Generation, now: Date): Partial<VideoState> | null {
  if (!isUnderWay(video)) return null;
  if (generation.status === "generating" && video.status === "QUEUED") {
    return { status: "GENERATING", lastCheckedAt: now };
  }
  const end = ended(generation);
  return end === null ? null : { ...end, lastCheckedAt: now, lastPendingAt: video.lastCheckedAt };
}

function accepted(generation: Generation): Partial<VideoState> {
  const generationId = generation.id;
  const end = ended(generation);
  if (end !== null) return { ...end, generationId };
  // Completed without an address, or an unknown status: it is under way until a poll says more.
  return { status: generation.status === "queued" ? "QUEUED" : "GENERATING", generationId };
}

function ended(generation: Generation): Partial<VideoState> | null {
  if (generation.status === "error") {
    return { status: "FAILED", error: generationFailed(generation), ...cost(generation) };
  }
  if (generation.status === "completed" && generation.url !== null) {
    return { status: "COMPLETED", sourceUrl: generation.url, ...cost(generation) };
  }
  return null;
}

function generationFailed(generation: Generation): VideoError {
  const { name, message } = generation.error ?? { name: "error", message: "The upstream gave no reason." };
  // A failed generation is not charged (assumption A5), unless the very answer says that it was.
  const billed = (generation.usage?.creditsUsed ?? 0) > 0;
  return { code: "GENERATION_FAILED", message: `${name}: ${message}`, retryable: false, billed };
}

function cost(generation: Generation): Partial<VideoState> {
  if (generation.usage === null) return {};
  const { creditsUsed, usdSpent } = generation.usage;
  return { creditsUsed, chargedUsd: usdSpent ?? creditsUsed / CREDITS_PER_USD };
}
