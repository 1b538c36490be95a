import type { CreateVideoInput } from "@reelwire/react";
import type { Draft } from "./draft.ts";

/** What the price of a video depends on. */
export type Priced = Pick<
  Draft,
  "model" | "aspectRatio" | "resolution" | "durationSeconds" | "generateAudio" | "personGeneration"
>;

/** The same text for drafts of the same price. */
export function priceKey(draft: Priced): string {
  const { model, aspectRatio, resolution, durationSeconds, generateAudio, personGeneration } = draft;
  return JSON.stringify([model, aspectRatio, resolution, durationSeconds, generateAudio, personGeneration]);
}

/** What to ask the price of. No price depends on the prompt, which may not be written yet, nor on the frames. */
export function pricedInput(key: string): CreateVideoInput {
  const [model, aspectRatio, resolution, durationSeconds, generateAudio, personGeneration] = JSON.parse(key);
  return { prompt: "?", model, aspectRatio, resolution, durationSeconds, generateAudio, personGeneration };
}
