import { isFinal, VIDEO_ERROR_CODES, type VideoError } from "@reelwire/core";
import type { ArchiveVideo } from "./archive-video.ts";
import { Carriage } from "./carriage.ts";
import type { CarryContext, CarryJob } from "./carry-context.ts";
import { JobLost } from "./job-lost.ts";
import { pollVideo } from "./poll-video.ts";
import { settleSubmission } from "./settle-submission.ts";
import { claimVideo, loadVideo } from "./store.ts";
import { submitVideo } from "./submit-video.ts";
import { createBackoff } from "./timing.ts";
import type { StoredVideo } from "./video-row.ts";
import { pause } from "./wake.ts";

/**
 * Carries one video from wherever it is to its end, and its file into the archive. It can be entered again at any step:
 * it looks at the row and does what comes next, so recovery after a crash is this same code, started again.
 *
 * @returns when nothing is left to do, so that the job may be completed
 * @throws {JobLost} when the job must be left to another claim
 * @param claimed the video as the claim found it, where that is known
 */
export async function carryVideo(
  context: CarryContext,
  archiveVideo: ArchiveVideo,
  job: CarryJob,
  claimed: StoredVideo | null = null,
): Promise<void> {
  const backoff = createBackoff(500, 60_000, context.random);
  let known = claimed;
  for (;;) {
    try {
      const video = known ?? (await claimVideo(context.db.kysely, job.videoId, job.claim));
      known = null;
      if (video === null) {
        if ((await loadVideo(context.db.kysely, job.videoId)) === null) return;
        throw new JobLost();
      }
      return await carryClaimed(new Carriage(context, job, video), archiveVideo);
    } catch (error) {
      if (error instanceof JobLost || job.signal.aborted) throw new JobLost();
      context.log.error({ videoId: job.videoId, err: error }, "carrying failed, starting again");
      await pause(backoff.nextMs(), job.signal);
    }
  }
}

async function carryClaimed(carriage: Carriage, archiveVideo: ArchiveVideo): Promise<void> {
  const { timing, random } = carriage.context;
  const backoff = createBackoff(timing.submitRetryFirstMs, timing.submitRetryLongestMs, random);
  let isFirstStep = true;
  let retryAfterMs = 0;
  try {
    await carriage.step("claimed");
    while (!isFinal(carriage.video.status)) {
      switch (carriage.video.status) {
        case "ACCEPTED":
          if (carriage.video.waitingReason !== null) {
            if (!isFirstStep && (await abandonedAfterWaiting(carriage))) break;
            // How long was asked for is not known after a restart; at least not all come in the same instant.
            const waitMs = isFirstStep
              ? random() * timing.submitRetryFirstMs
              : Math.max(backoff.nextMs(), retryAfterMs);
            await carriage.sleep(waitMs);
            if (carriage.video.status !== "ACCEPTED") break;
          }
          retryAfterMs = await submitVideo(carriage);
          break;
        case "SUBMITTING":
          // Whoever was submitting it is gone, and whether the POST arrived is not known (invariant 3).
          await carriage.save({ type: "submit_outcome_lost" });
          break;
        case "UNCONFIRMED":
          await settleSubmission(carriage);
          break;
        case "QUEUED":
        case "GENERATING":
          await pollVideo(carriage, isFirstStep);
          break;
      }
      isFirstStep = false;
    }
  } finally {
    carriage.end();
  }
  carriage.job.onFinal();
  if (carriage.video.status === "COMPLETED") {
    await archiveVideo.archiveOrRetryLater(carriage.video);
    await carriage.step("archived");
  }
}

async function abandonedAfterWaiting(carriage: Carriage): Promise<boolean> {
  const { video, context } = carriage;
  if (Date.now() - video.createdAt.getTime() < context.timing.submitWindowMs) return false;
  return await carriage.save({ type: "submit_abandoned", error: neverTaken });
}

const neverTaken: VideoError = {
  code: "UPSTREAM_UNAVAILABLE",
  message: VIDEO_ERROR_CODES.UPSTREAM_UNAVAILABLE,
  retryable: true,
  billed: false,
};
