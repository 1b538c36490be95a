import { z } from "zod";
import { CREDITS_PER_USD, type Generation, type GenerationUsage } from "../generation.ts";
import { findModel } from "../models.ts";
import type { AspectRatio, PersonGeneration, Resolution, VideoRequest } from "../video.ts";
import { tidy } from "./message.ts";

/** Our names in the upstream's spelling. */
export const ASPECT_RATIO_ON_WIRE = {
  LANDSCAPE_16_9: "16:9",
  PORTRAIT_9_16: "9:16",
} as const satisfies Record<AspectRatio, string>;

export const RESOLUTION_ON_WIRE = { P720: "720P", P1080: "1080P" } as const satisfies Record<Resolution, string>;

export const PERSON_GENERATION_ON_WIRE = {
  DONT_ALLOW: "dont_allow",
  ALLOW_ADULT: "allow_adult",
} as const satisfies Record<PersonGeneration, string>;

/** Body of `POST /v2/video/generations`. */
export interface CreateBody {
  model: string;
  prompt: string;
  image_url?: string;
  last_image_url?: string;
  aspect_ratio?: (typeof ASPECT_RATIO_ON_WIRE)[AspectRatio];
  resolution: (typeof RESOLUTION_ON_WIRE)[Resolution];
  duration: VideoRequest["durationSeconds"];
  generate_audio: boolean;
  person_generation: (typeof PERSON_GENERATION_ON_WIRE)[PersonGeneration];
}

/** A request in the upstream's spelling: the canonical model id, and nothing that is left to the upstream's choice. */
export function toCreateBody(request: VideoRequest): CreateBody {
  return {
    model: findModel(request.model)?.id ?? request.model,
    prompt: request.prompt,
    ...(request.imageUrl === null ? {} : { image_url: request.imageUrl }),
    ...(request.lastImageUrl === null ? {} : { last_image_url: request.lastImageUrl }),
    ...(request.aspectRatio === null ? {} : { aspect_ratio: ASPECT_RATIO_ON_WIRE[request.aspectRatio] }),
    resolution: RESOLUTION_ON_WIRE[request.resolution],
    duration: request.durationSeconds,
    generate_audio: request.generateAudio,
    person_generation: PERSON_GENERATION_ON_WIRE[request.personGeneration],
  };
}

/** A finite number, or one written as text. */
export const numeric = z.union([
  z.number(),
  z
    .string()
    .regex(/^\s*-?\d+(\.\d+)?(e[+-]?\d+)?\s*$/i)
    .transform(Number),
]);

const text = z.string().nullish().catch(null);
const amount = numeric.nullish().catch(null);

const generationBody = z.object({
  id: z
    .union([z.string(), z.number().transform(String)])
    .nullish()
    .catch(null),
  status: text,
  video: z.object({ url: text }).nullish().catch(null),
  error: z
    .union([z.object({ name: text, message: text }), z.string().transform((message) => ({ name: null, message }))])
    .nullish()
    .catch(null),
  meta: z
    .object({ usage: z.object({ credits_used: amount, usd_spent: amount }).nullish().catch(null) })
    .nullish()
    .catch(null),
});

/**
 * What an answer says of a generation, or `null` when it is no JSON object or no id is known. A status that is not
 * documented becomes `unknown`, an address that is not `http(s)` counts as none, and unknown fields are dropped.
 *
 * @param knownId taken where the answer has no id of its own
 */
export function toGeneration(body: unknown, knownId: string | null = null): Generation | null {
  const parsed = generationBody.safeParse(body);
  if (!parsed.success) return null;
  const { id, status, video, error, meta } = parsed.data;
  const generationId = id || knownId;
  if (!generationId) return null;
  return {
    id: generationId,
    status: toStatus(status),
    url: toUrl(video?.url),
    error: error == null ? null : toError(error.name, error.message),
    usage: toUsage(meta?.usage?.credits_used ?? null, meta?.usage?.usd_spent ?? null),
  };
}

function toStatus(status: string | null | undefined): Generation["status"] {
  const name = status?.trim().toLowerCase();
  switch (name) {
    case "queued":
    case "generating":
    case "completed":
    case "error":
      return name;
    default:
      return "unknown";
  }
}

function toError(name: string | null | undefined, message: string | null | undefined): Generation["error"] {
  if (!name && !message) return null;
  return { name: tidy(name || "error"), message: tidy(message || "no reason given") };
}

function toUrl(url: string | null | undefined): string | null {
  if (url == null) return null;
  const protocol = URL.parse(url)?.protocol;
  return protocol === "https:" || protocol === "http:" ? url : null;
}

function toUsage(creditsUsed: number | null, usdSpent: number | null): GenerationUsage | null {
  if (creditsUsed !== null) return { creditsUsed, usdSpent };
  return usdSpent === null ? null : { creditsUsed: Math.round(usdSpent * CREDITS_PER_USD), usdSpent };
}
