import type { VideoRequest } from "@reelwire/core";
import type { Mp4Facts } from "./inspect-mp4.ts";

/** What was asked for, as far as a file can show it; a `VideoRequest` is one. */
export type ExpectedVideo = Pick<VideoRequest, "durationSeconds" | "resolution" | "aspectRatio" | "generateAudio">;

/** In what a file differs from what was asked for. */
export type VideoDifference = keyof ExpectedVideo;

// Containers round to whole frames and encoders pad: half a second is well below the two that lengths differ by.
const TOLERANCE_SECONDS = 0.5;

/** In what a file differs from what was asked for. Empty: in nothing that can be seen from its container. */
export function differencesFrom(expected: ExpectedVideo, facts: Mp4Facts): VideoDifference[] {
  const differences: VideoDifference[] = [];
  if (Math.abs(facts.durationSeconds - expected.durationSeconds) > TOLERANCE_SECONDS) {
    differences.push("durationSeconds");
  }
  const shortSide = expected.resolution === "P720" ? 720 : 1080;
  if (Math.min(facts.width, facts.height) !== shortSide) differences.push("resolution");
  const shape = facts.width >= facts.height ? "LANDSCAPE_16_9" : "PORTRAIT_9_16";
  if (expected.aspectRatio !== null && expected.aspectRatio !== shape) differences.push("aspectRatio");
  if (facts.hasAudio !== expected.generateAudio) differences.push("generateAudio");
  return differences;
}
