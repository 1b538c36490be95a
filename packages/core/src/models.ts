import { ASPECT_RATIOS, DURATIONS_SECONDS, PERSON_GENERATIONS, RESOLUTIONS } from "./video.ts";

/** A model that videos can be asked of, with what it takes. */
export interface Model {
  /** Canonical id, as sent upstream. */
  id: string;
  name: string;
  /** Other spellings that are accepted. */
  aliases: readonly string[];
  aspectRatios: typeof ASPECT_RATIOS;
  resolutions: typeof RESOLUTIONS;
  durationsSeconds: typeof DURATIONS_SECONDS;
  personGenerations: typeof PERSON_GENERATIONS;
  maxPromptCharacters: number;
  maxImageBytes: number;
}

/** Longest prompt, in UTF-16 code units. The upstream documents no limit; this one keeps accidents out. */
export const MAX_PROMPT_CHARACTERS = 20_000;

/** Largest image in a `data:` URI, in decoded bytes. The upstream documents no limit. */
export const MAX_IMAGE_BYTES = 10 * 1024 * 1024;

/** Longest address of an image, in characters. */
export const MAX_URL_CHARACTERS = 8_192;

export const VEO_3_1_LITE: Model = {
  id: "google/veo-3.1-lite-generate-001",
  name: "Veo 3.1 Lite",
  // The published schema spells it without the prefix; both are in circulation.
  aliases: ["veo-3.1-lite-generate-001"],
  aspectRatios: ASPECT_RATIOS,
  resolutions: RESOLUTIONS,
  durationsSeconds: DURATIONS_SECONDS,
  personGenerations: PERSON_GENERATIONS,
  maxPromptCharacters: MAX_PROMPT_CHARACTERS,
  maxImageBytes: MAX_IMAGE_BYTES,
};

/** Every model, the default first. */
export const MODELS: readonly [Model, ...Model[]] = [VEO_3_1_LITE];

/** The model with this id or alias, or `null`. */
export function findModel(name: string): Model | null {
  return MODELS.find((model) => model.id === name || model.aliases.includes(name)) ?? null;
}
