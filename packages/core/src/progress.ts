import { type GenerationTime, priorGenerationTime } from "./generation-time.ts";
import { isFinal, type VideoState } from "./video.ts";

/** An estimate of how far a video is. The upstream reports no progress, so it is made from the time gone by. */
export interface Progress {
  /** From 0 to 1, and 1 only when completed. */
  fraction: number;
  /** When it will probably be finished; `null` once it is. */
  estimatedCompletionAt: Date | null;
}

/**
 * Estimates a video's progress from the time gone by and from how long such generations take. It never runs backwards
 * while that knowledge stays the same, never reaches 1 before the end, and never ends in the past. `null` when the video
 * failed or was canceled.
 *
 * @param generationTime how long a generation of its kind takes
 */
export function estimateProgress(
  video: Pick<VideoState, "status" | "submittedAt">,
  now: Date,
  generationTime: GenerationTime = priorGenerationTime(),
): Progress | null {
  if (video.status === "COMPLETED") return { fraction: 1, estimatedCompletionAt: null };
  if (isFinal(video.status)) return null;
  // Before the upstream has accepted it, nothing is being made yet.
  const underWay = video.status === "QUEUED" || video.status === "GENERATING";
  const elapsedMs =
    underWay && video.submittedAt !== null ? Math.max(0, now.getTime() - video.submittedAt.getTime()) : 0;
  return {
    fraction: generationTime.passedShare(elapsedMs),
    estimatedCompletionAt: new Date(now.getTime() + Math.ceil(generationTime.remainingMs(elapsedMs))),
  };
}
