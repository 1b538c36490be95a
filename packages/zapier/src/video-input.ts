import { ASPECT_RATIOS, createVideoFields, type Field, PERSON_GENERATIONS, RESOLUTIONS } from "@reelwire/core";
import type { CreateVideoInput } from "@reelwire/core/operations";
import type { ZObject } from "zapier-platform-core";

/** A step's input as Zapier has it: what was left empty is not there, and numbers may come as text. */
export type StepInput = Readonly<Record<string, unknown>>;

/** What a video is to be made of, but for its images. */
export type RequestedVideo = Omit<CreateVideoInput, "imageUrl" | "lastImageUrl">;

/**
 * What a step's input asks for. What the gateway would refuse in any case it is left to refuse, so that it says why.
 *
 * @throws HaltedError, for a choice that there is not
 */
export function requestedVideo(z: ZObject, input: StepInput): RequestedVideo {
  const choice = <T extends string>({ label }: Field, values: readonly T[], given: unknown): T | undefined => {
    const text = textOf(given);
    const chosen = values.find((value) => value === text);
    if (text === undefined || chosen !== undefined) return chosen;
    throw new z.errors.HaltedError(`${label}: choose ${values.join(" or ")}, and not "${text}".`);
  };
  const number = ({ label }: Field, given: unknown): number | undefined => {
    const text = textOf(given);
    if (text === undefined) return undefined;
    if (Number.isFinite(Number(text))) return Number(text);
    throw new z.errors.HaltedError(`${label}: "${text}" is no number.`);
  };
  const fields = createVideoFields;
  const { prompt, model, durationSeconds, aspectRatio, resolution, generateAudio, personGeneration } = input;
  const { externalId, idempotencyKey, maxUsd } = input;
  return {
    prompt: textOf(prompt) ?? "",
    model: textOf(model),
    durationSeconds: number(fields.durationSeconds, durationSeconds),
    aspectRatio: choice(fields.aspectRatio, ASPECT_RATIOS, aspectRatio),
    resolution: choice(fields.resolution, RESOLUTIONS, resolution),
    generateAudio: flagOf(generateAudio),
    personGeneration: choice(fields.personGeneration, PERSON_GENERATIONS, personGeneration),
    externalId: textOf(externalId),
    idempotencyKey: textOf(idempotencyKey),
    maxUsd: number(fields.maxUsd, maxUsd),
  };
}

/** Text, with numbers and the like as text. `undefined` for what was left empty. */
export function textOf(value: unknown): string | undefined {
  if (value === null || value === undefined || value === "") return undefined;
  return typeof value === "string" ? value : String(value);
}

/** As Zapier's own kind of yes and no reads what was mapped into it. */
function flagOf(value: unknown): boolean | undefined {
  const text = textOf(value)?.trim().toLowerCase();
  return text === undefined ? undefined : !["false", "no", "n", "0", "off"].includes(text);
}
