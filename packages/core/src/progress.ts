import { isFinal, type VideoState } from "./video.ts";

/** An estimate of how far a video is. The upstream reports no progress, so it is made from the time gone by. */
export interface Progress {
  /** From 0 to 1, and 1 only when completed. */
  fraction: number;
  /** When it will probably be finished; `null` once it is. */
  estimatedCompletionAt: Date | null;
}

/** About what the upstream takes for one video, in milliseconds. */
export const TYPICAL_GENERATION_MS = 60_000;

/**
 * Estimates a video's progress: half of what is left passes in every half of the typical time, so that it never runs
 * backwards and never reaches 1 before the end. `null` when the video failed or was canceled.
 *
 * @param typicalMs how long a generation usually takes, in milliseconds
 */
export function estimateProgress(
  video: Pick<VideoState, "status" | "submittedAt">,
  now: Date,
  typicalMs: number = TYPICAL_GENERATION_MS,
): Progress | null {
  if (video.status === "COMPLETED") return { fraction: 1, estimatedCompletionAt: null };
  if (isFinal(video.status)) return null;
  // Before the upstream has accepted it, nothing is being made yet.
  const underWay = video.status === "QUEUED" || video.status === "GENERATING";
  const elapsedMs =
    underWay && video.submittedAt !== null ? Math.max(0, now.getTime() - video.submittedAt.getTime()) : 0;
  const fraction = Math.min(0.99, 1 - 2 ** (-elapsedMs / (typicalMs / 2)));
  // Past the typical time, the longer it has taken the longer it will probably take.
  const remainingMs = Math.max(typicalMs - elapsedMs, elapsedMs / 4);
  return { fraction, estimatedCompletionAt: new Date(now.getTime() + remainingMs) };
}
