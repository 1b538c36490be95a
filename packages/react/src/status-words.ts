import type { Video, VideoStatus } from "@reelwire/core/client";

const WORDS: Record<VideoStatus, string> = {
  ACCEPTED: "Accepted",
  SUBMITTING: "Being sent",
  UNCONFIRMED: "Checking whether it was sent",
  QUEUED: "In the queue",
  GENERATING: "Being made",
  COMPLETED: "Finished",
  FAILED: "Failed",
  CANCELED: "Canceled",
};

/** Where a video is, for people. */
export function statusWords({ status, waitingReason }: Pick<Video, "status" | "waitingReason">): string {
  return waitingReason === null ? WORDS[status] : "Waiting for its turn";
}

/** How long it will take, for people: round, since it is an estimate, and said to be one. */
export function timeLeftWords(leftMs: number): string {
  const seconds = Math.ceil(leftMs / 1000);
  if (seconds === 0) return "any moment now, an estimate";
  if (seconds < 10) return "a few seconds left, an estimate";
  if (seconds <= 90) return `about ${Math.ceil(seconds / 5) * 5} seconds left, an estimate`;
  return `about ${Math.round(seconds / 60)} minutes left, an estimate`;
}
