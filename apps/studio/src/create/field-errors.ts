import type { ReelwireError } from "@reelwire/react";
import { type Draft, parseUsd } from "./draft.ts";

/** Fields of the form, by the names that the API has for them. */
export const FIELDS = [
  "prompt",
  "imageUrl",
  "lastImageUrl",
  "model",
  "aspectRatio",
  "resolution",
  "durationSeconds",
  "generateAudio",
  "personGeneration",
  "externalId",
  "maxUsd",
] as const;
export type FieldName = (typeof FIELDS)[number];

/** What is wrong, by the field it is wrong with. */
export type FieldErrors = Readonly<Partial<Record<FieldName, string>>>;

/** What can be seen to be wrong before anything is sent. */
export function checkDraft(draft: Draft, maxPromptCharacters: number): FieldErrors {
  const maxUsd = parseUsd(draft.maxUsd);
  return {
    ...(draft.prompt.trim() === "" && { prompt: "Say what the video should show." }),
    ...(draft.prompt.length > maxPromptCharacters && {
      prompt: `The prompt is ${(draft.prompt.length - maxPromptCharacters).toLocaleString("en-US")} characters too long.`,
    }),
    ...(maxUsd !== null && !(maxUsd > 0) && { maxUsd: "Give US dollars, more than 0: for example 0.50." }),
  };
}

/** What the gateway found wrong, at its fields. `null`: the error is not of any of them. */
export function errorsFromGateway(error: ReelwireError): FieldErrors | null {
  if (error.code === "EXTERNAL_ID_TAKEN") return { externalId: "Another video has this id. Choose another one." };
  const errors: Partial<Record<FieldName, string>> = {};
  for (const { path, message } of error.issues) {
    const field = FIELDS.find((name) => path.includes(name));
    if (field === undefined) return null;
    errors[field] ??= message;
  }
  return error.issues.length === 0 ? null : errors;
}
