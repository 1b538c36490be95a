import type { AspectRatio, PersonGeneration, Resolution } from "@reelwire/react";

const ASPECT_RATIO_WORDS: Readonly<Record<AspectRatio, string>> = {
  LANDSCAPE_16_9: "Landscape, 16:9",
  PORTRAIT_9_16: "Portrait, 9:16",
};

/** What people call a shape; `null` is the model's own choice. */
export function aspectRatioWords(aspectRatio: AspectRatio | null): string {
  return aspectRatio === null ? "Chosen by the model" : ASPECT_RATIO_WORDS[aspectRatio];
}

export const RESOLUTION_WORDS: Readonly<Record<Resolution, string>> = { P720: "720p", P1080: "1080p" };

export const PERSON_GENERATION_WORDS: Readonly<Record<PersonGeneration, string>> = {
  ALLOW_ADULT: "Adults may appear",
  DONT_ALLOW: "Nobody appears",
};
