import { z } from "zod";

/** The one video model, as the catalogue spells it. */
export const canonicalModel = "google/veo-3.1-lite-generate-001";
/** The spelling of the published schema. */
export const bareModel = "veo-3.1-lite-generate-001";

const imageUrl = z.string().refine(isImageAddress, { message: "Expected an http(s) or base64 data: URI" });

/**
 * The body of `POST /v2/video/generations`, as the published schema has it: enums and types exact, no nulls, fields it
 * does not name ignored.
 */
export const createBodySchema = z.object({
  model: z.enum([canonicalModel, bareModel]),
  prompt: z.string().refine((prompt) => prompt.trim() !== "", { message: "Expected a non-empty string" }),
  image_url: imageUrl.optional(),
  last_image_url: imageUrl.optional(),
  aspect_ratio: z.enum(["16:9", "9:16"]).optional(),
  resolution: z.enum(["720P", "1080P"]).default("720P"),
  duration: z.literal([4, 6, 8]).default(8),
  generate_audio: z.boolean().default(true),
  person_generation: z.enum(["dont_allow", "allow_adult"]).default("allow_adult"),
});

/** A create body as the upstream understood it, its defaults filled in. */
export type CreateBody = z.output<typeof createBodySchema>;

function isImageAddress(address: string): boolean {
  if (/^data:/i.test(address)) return /^data:[^,]*;base64,/i.test(address);
  return URL.canParse(address) && /^https?:$/.test(new URL(address).protocol);
}
