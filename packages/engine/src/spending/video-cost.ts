import type { VideoState } from "@reelwire/core";
import type { StoredVideo } from "../video-row.ts";
import { toMicros } from "./micro-dollars.ts";

/** What a video holds as long as it is not finished, in millionths of a US dollar. */
export function heldWhileUnderWay({ estimatedUsd }: Pick<StoredVideo, "estimatedUsd">): number {
  return toMicros(estimatedUsd ?? 0);
}

/**
 * What a video that becomes final turns out to have cost, in millionths of a US dollar. `null`: it is not known, and stays held until
 * the ledger tells; or the video is not final.
 *
 * @param video as it was before
 * @param next as it is from now on
 */
export function costOf(video: StoredVideo, next: VideoState): number | null {
  if (next.finishedAt === null) return null;
  if (next.chargedUsd !== null) return Math.max(0, toMicros(next.chargedUsd));
  if (next.status === "FAILED" && next.error?.billed === false) return 0;
  // Nothing had been sent, or what was is known not to have been accepted.
  if (next.status === "CANCELED" && video.status === "ACCEPTED") return 0;
  return null;
}
