import { clientRequestId, type VideoError, type VideoEvent } from "@reelwire/core";
import { UpstreamError } from "@reelwire/core/upstream";
import type { Carriage } from "./carry-context.ts";
import { wholeRequest } from "./embedded-images.ts";

/** What became of one submission: whether to wait before the next, and how long the upstream asked for. */
export interface SubmitOutcome {
  retryAfterMs: number | null;
}

/**
 * Sends an `ACCEPTED` video upstream, once. Its attempt is saved before it is sent, and what the answer says, or that
 * the answer was lost, after (invariants 1, 2 and 3).
 */
export async function submitVideo(carriage: Carriage): Promise<SubmitOutcome> {
  const { context, job } = carriage;
  const request = await wholeRequest(context.db.kysely, carriage.video);
  carriage.assertHeld();
  if (!(await carriage.save({ type: "submit_started" }))) return { retryAfterMs: null };
  await carriage.step("submit_started_saved");
  // A node that slept through its lease just now must not send: another one may have taken over.
  carriage.assertHeld();
  const { video } = carriage;
  let event: VideoEvent;
  let retryAfterMs: number | null = null;
  try {
    const generation = await context.upstream.submit(request, {
      clientRequestId: clientRequestId(video.id, video.attempt),
      signal: job.hardStop,
    });
    context.health.answered();
    event = { type: "submit_accepted", generation };
  } catch (error) {
    context.health.failed(error);
    event = eventOfFailure(error);
    if (error instanceof UpstreamError) retryAfterMs = error.retryAfterMs;
    context.log.warn(
      { videoId: video.id, attempt: video.attempt, outcome: event.type, err: error },
      "submission failed",
    );
  }
  await carriage.step("submit_answered");
  await carriage.save(event);
  await carriage.step("submit_outcome_saved");
  return { retryAfterMs };
}

function eventOfFailure(error: unknown): VideoEvent {
  if (!(error instanceof UpstreamError) || error.outcome !== "not_accepted") return { type: "submit_outcome_lost" };
  if (!error.retryable) return { type: "submit_refused", error: refusal(error) };
  return {
    type: "submit_postponed",
    waitingReason: error.code === "RATE_LIMITED" ? "RATE_LIMITED" : "UPSTREAM_UNREACHABLE",
  };
}

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
