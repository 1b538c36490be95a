import { clientRequestId } from "../../packages/core/src/index.ts";
import type { Evidence, VideoRecord } from "./evidence.ts";
import { asksForOddAnswers } from "./fault-mix.ts";
import { NODE_TIMING } from "./settings.ts";

/** Whether what the emulator did explains how a video ended. */
export function isExplained(video: VideoRecord, evidence: Evidence): boolean {
  if (video.status === "CANCELED") return evidence.canceled.has(video.id);
  if (video.status !== "FAILED") return true;
  const generation = evidence.accepted.find(({ id }) => id === video.generationId);
  const wasAccepted = evidence.accepted.some((one) => one.clientRequestId === clientRequestId(video.id, video.attempt));
  const lastPost = evidence.requests.find(
    (request) => request.clientRequestId === clientRequestId(video.id, video.attempt),
  );
  switch (video.errorCode) {
    case "GENERATION_FAILED":
      return generation?.status === "error";
    case "GENERATION_TIMEOUT": {
      const deadline = (video.submittedAt ?? 0) + NODE_TIMING.generationTimeoutMs;
      const isOver = generation?.finishesAt != null && generation.finishesAt < deadline;
      return generation !== undefined && (!isOver || asksForOddAnswers(video.prompt));
    }
    case "GENERATION_NOT_FOUND":
      return generation !== undefined && video.prompt.includes("[fault:status/not-found");
    case "RESULT_MISSING":
      return generation?.status === "completed" && video.prompt.includes("[fault:status/completed-without-url");
    case "UPSTREAM_KEY_REJECTED":
      return !wasAccepted && lastPost?.status === 401;
    case "UPSTREAM_FORBIDDEN":
      return !wasAccepted && lastPost?.status === 403;
    case "UPSTREAM_INPUT_REJECTED":
      return !wasAccepted && lastPost?.status === 400;
    case "UPSTREAM_UNAVAILABLE":
      return (
        !wasAccepted &&
        evidence.log.some((row) => row.isRefusal && row.clientRequestId === clientRequestId(video.id, video.attempt))
      );
    case "SUBMISSION_UNCONFIRMED":
      // A rule of its own.
      return true;
    default:
      return false;
  }
}
