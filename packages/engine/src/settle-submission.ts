import { clientRequestId, VIDEO_ERROR_CODES, type VideoError } from "@reelwire/core";
import { type Submission, UpstreamError } from "@reelwire/core/upstream";
import type { Carriage } from "./carriage.ts";
import { reasonOf } from "./log-reason.ts";
import { createBackoff } from "./timing.ts";

/** How often an upstream must say that it does not know a generation before that is believed (assumption A7). */
const UNKNOWN_TIMES = 3;

/**
 * Finds out what became of an `UNCONFIRMED` submission (invariant 3): looks into the upstream's request log at once,
 * then ever more slowly, until the row is there or the time for it is over. It never sends anything again by itself;
 * a row that says `failed`, of no generation, makes the video `ACCEPTED` again (invariant 2).
 */
export async function settleSubmission(carriage: Carriage): Promise<void> {
  const { context, job } = carriage;
  const { timing } = context;
  const backoff = createBackoff(timing.settleFirstMs, timing.settleLongestMs, context.random);
  let timesUnknown = 0;
  while (carriage.video.status === "UNCONFIRMED") {
    const { video } = carriage;
    const submittedAt = video.submittedAt ?? video.createdAt;
    const startedAt = Date.now();
    const deadline = submittedAt.getTime() + timing.generationTimeoutMs + timing.settleGraceMs;
    let retryAfterMs = 0;
    let wasRead = false;
    try {
      const found = await context.submissions.find(clientRequestId(video.id, video.attempt), submittedAt, job.signal);
      context.health.answered();
      wasRead = found === null;
      if (found !== null) {
        const isAccepted = found.status === "succeeded" || (await isOfGeneration(carriage, found));
        if (!isAccepted) timesUnknown += 1;
        if (isAccepted || timesUnknown >= UNKNOWN_TIMES) {
          if (isAccepted) {
            await carriage.save({ type: "settled_accepted", generationId: found.generationId });
          } else if (video.attempt >= timing.failedAttempts) {
            await carriage.save({ type: "settle_abandoned", error: keptFailing });
          } else {
            await carriage.save({ type: "settled_not_accepted", waitingReason: "UPSTREAM_ERROR" });
          }
          await carriage.step("settled_saved");
          return;
        }
      }
    } catch (error) {
      carriage.assertNotLost();
      context.health.failed(error);
      if (error instanceof UpstreamError) retryAfterMs = error.retryAfterMs ?? 0;
      context.log.warn({ videoId: video.id, ...reasonOf(error) }, "a lost submission could not be looked up");
    }
    // Only a log that was read after the deadline says that the row will not come.
    if (startedAt > deadline + (wasRead ? 0 : timing.unreachableGraceMs)) {
      await carriage.save({ type: "settle_abandoned", error: unconfirmed });
      return;
    }
    await carriage.sleep(Math.max(backoff.nextMs(), retryAfterMs));
  }
}

/**
 * Whether a row that says `failed` is of a generation: that was accepted, and failed later. Sent again, the video would have
 * two of them, and end otherwise than if the answer had not been lost (assumption A5).
 */
async function isOfGeneration({ context, job }: Carriage, { generationId }: Submission): Promise<boolean> {
  try {
    await context.upstream.status(generationId, { signal: job.signal });
    return true;
  } catch (error) {
    if (error instanceof UpstreamError && (error.code === "NOT_FOUND" || error.code === "INPUT_REJECTED")) return false;
    throw error;
  }
}

const unconfirmed: VideoError = {
  code: "SUBMISSION_UNCONFIRMED",
  message: VIDEO_ERROR_CODES.SUBMISSION_UNCONFIRMED,
  retryable: true,
  billed: null,
};

const keptFailing: VideoError = {
  code: "UPSTREAM_UNAVAILABLE",
  message: VIDEO_ERROR_CODES.UPSTREAM_UNAVAILABLE,
  retryable: true,
  billed: false,
};
