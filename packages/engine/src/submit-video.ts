import {
  clientRequestId,
  VIDEO_ERROR_CODES,
  type VideoError,
  type VideoEvent,
  type VideoRequest,
  type WaitingReason,
} from "@reelwire/core";
import { UpstreamError, type UpstreamErrorCode } from "@reelwire/core/upstream";
import { ArchiveError } from "./archive/archive-error.ts";
import type { Carriage } from "./carriage.ts";
import { throughAnyOutage } from "./database-outage.ts";
import { hasEmbeddedImages, wholeRequest } from "./embedded-images.ts";
import { JobLost } from "./job-lost.ts";
import { reasonOf } from "./log-reason.ts";
import { noteGeneration, releaseCanceled } from "./spending/settle.ts";
import type { Ticket } from "./submission-line.ts";

/** A wait for its turn that is shorter than this is not worth a version, in milliseconds. */
const UNMENTIONED_WAIT_MS = 500;

/** How long a video waits on a node that has no share of the limits before others may have it, in milliseconds. */
const SHUT_MS = 5_000;

/**
 * Sends an `ACCEPTED` video upstream, once. Its attempt is saved before it is sent, and what the answer says, or that
 * the answer was lost, after (invariants 1, 2 and 3).
 *
 * @returns how long the upstream asked to be left alone, in milliseconds; 0 where it did not
 */
export async function submitVideo(carriage: Carriage): Promise<number> {
  const { context, video } = carriage;
  const ticket = await waitForTurn(carriage);
  if (ticket === null) return 0;
  const submitNow = () => submit(carriage, ticket);
  return hasEmbeddedImages(video) || context.uploads.areIn(video.request)
    ? await context.heavy(submitNow)
    : await submitNow();
}

/**
 * Waits until the line of submissions has moved up to this video, and says what it waits for when that takes longer than
 * a moment.
 *
 * @returns `null` when somebody changed the video meanwhile
 * @throws {JobLost} when another node should have it
 */
async function waitForTurn(carriage: Carriage): Promise<Ticket | null> {
  const ticket = carriage.joinLine();
  const joinedAt = performance.now();
  let waitMs = UNMENTIONED_WAIT_MS;
  while (!ticket.admitted && carriage.video.status === "ACCEPTED") {
    await carriage.sleep(waitMs, () => ticket.admitted);
    if (ticket.waitingReason !== null) {
      await carriage.save({ type: "submit_delayed", waitingReason: ticket.waitingReason });
      waitMs = Math.min(carriage.context.timing.sweepMs, SHUT_MS);
      // Where this node may send nothing, another one may.
      const isShut = carriage.context.gate.submissions.isShut();
      if (isShut && performance.now() - joinedAt > SHUT_MS) throw new JobLost();
    }
  }
  return carriage.video.status === "ACCEPTED" ? ticket : null;
}

async function submit(carriage: Carriage, ticket: Ticket): Promise<number> {
  const { context, job } = carriage;
  const request = await requestToSend(carriage);
  carriage.assertNotLost();
  if (request === null) {
    await carriage.save({ type: "submit_abandoned", error: imageUnavailable });
    return 0;
  }
  if (!(await carriage.save({ type: "submit_started" }))) return 0;
  await carriage.step("submit_started_saved");
  if (!carriage.isHeld()) {
    // A node that slept through its lease, or stops, must not send, and what it knows would be lost: nothing was sent.
    await carriage.save({ type: "submit_postponed", waitingReason: null });
    throw new JobLost();
  }
  const { video } = carriage;
  let event: VideoEvent;
  let retryAfterMs = 0;
  try {
    const generation = await context.upstream.submit(request, {
      clientRequestId: clientRequestId(video.id, video.attempt),
      signal: job.hardStop,
    });
    context.health.accepted();
    ticket.answered("taken");
    context.log.info({ videoId: video.id, attempt: video.attempt, generationId: generation.id }, "submission accepted");
    event = { type: "submit_accepted", generation };
  } catch (error) {
    context.health.failed(error);
    event = eventOfFailure(error);
    if (error instanceof UpstreamError) retryAfterMs = error.retryAfterMs ?? 0;
    const isRefused = error instanceof UpstreamError && error.code === "RATE_LIMITED";
    ticket.answered(isRefused ? "refused" : "taken", retryAfterMs);
    context.log.warn(
      { videoId: video.id, attempt: video.attempt, outcome: event.type, ...reasonOf(error) },
      "submission failed",
    );
  }
  await carriage.step("submit_answered");
  await saveAnswer(carriage, event);
  await carriage.step("submit_outcome_saved");
  return retryAfterMs;
}

/**
 * What is asked for, with its images in it; `null` where one of them is gone, or could not be read for as long as a video may wait.
 *
 * @throws {ArchiveError} where it cannot be read now
 */
async function requestToSend({ context, video }: Carriage): Promise<VideoRequest | null> {
  const request = await wholeRequest(context.db.kysely, video);
  try {
    return await context.uploads.asData(request);
  } catch (error) {
    if (!(error instanceof ArchiveError)) throw error;
    if (Date.now() - video.createdAt.getTime() < context.timing.submitWindowMs) throw error;
    return null;
  }
}

const imageUnavailable: VideoError = {
  code: "IMAGE_UNAVAILABLE",
  message: VIDEO_ERROR_CODES.IMAGE_UNAVAILABLE,
  retryable: false,
  billed: false,
};

/**
 * Saves what the answer says. Of a video that was canceled meanwhile only what it means for the money: which generation will be charged,
 * or that none will. Where even that is lost, it is found in the request log later, or its hold lapses.
 */
async function saveAnswer(carriage: Carriage, event: VideoEvent): Promise<void> {
  const { context, job, video } = carriage;
  if ((await carriage.save(event)) || event.type === "submit_outcome_lost") return;
  const note = () =>
    event.type === "submit_accepted"
      ? noteGeneration(context.db.kysely, video.id, event.generation.id, job.claim)
      : releaseCanceled(context.db.kysely, video, job.claim);
  await throughAnyOutage(note, job.hardStop);
}

function eventOfFailure(error: unknown): VideoEvent {
  if (!(error instanceof UpstreamError) || error.outcome !== "not_accepted") return { type: "submit_outcome_lost" };
  if (!error.retryable) return { type: "submit_refused", error: refusal(error) };
  return { type: "submit_postponed", waitingReason: WAITING_REASONS[error.code] ?? "UPSTREAM_ERROR" };
}

const WAITING_REASONS: Partial<Record<UpstreamErrorCode, WaitingReason>> = {
  RATE_LIMITED: "RATE_LIMITED",
  UNREACHABLE: "UPSTREAM_UNREACHABLE",
};

function refusal(error: UpstreamError): VideoError {
  const { message } = error;
  switch (error.code) {
    case "KEY_REJECTED":
      return { code: "UPSTREAM_KEY_REJECTED", message, retryable: true, billed: false };
    case "FORBIDDEN":
      return { code: "UPSTREAM_FORBIDDEN", message, retryable: true, billed: false };
    default:
      return { code: "UPSTREAM_INPUT_REJECTED", message, retryable: false, billed: false };
  }
}
