import { automationTriggers, FINAL_STATUSES } from "@reelwire/core";
import { completedSample, failedSample } from "../video-fields.ts";
import { finishedTrigger } from "./finished-trigger.ts";

/** Video Completed. */
export const videoCompleted = finishedTrigger({
  key: "videoCompleted",
  display: automationTriggers.videoCompleted,
  event: "VIDEO_COMPLETED",
  statuses: ["COMPLETED"],
  sample: completedSample,
});

/** Video Failed. */
export const videoFailed = finishedTrigger({
  key: "videoFailed",
  display: automationTriggers.videoFailed,
  event: "VIDEO_FAILED",
  statuses: ["FAILED"],
  sample: failedSample,
});

/** Video Finished. */
export const videoFinished = finishedTrigger({
  key: "videoFinished",
  display: automationTriggers.videoFinished,
  event: "VIDEO_FINISHED",
  statuses: FINAL_STATUSES,
  sample: completedSample,
});
