import { z } from "zod";
import { findModel, MAX_IMAGE_BYTES, MAX_PROMPT_CHARACTERS, MAX_URL_CHARACTERS, MODELS } from "./models.ts";
import { parseInput } from "./parse-input.ts";
import { receiverUrl } from "./receiver-url.ts";
import { isStorableText } from "./storable-text.ts";
import { ASPECT_RATIOS, DURATIONS_SECONDS, PERSON_GENERATIONS, RESOLUTIONS, type VideoRequest } from "./video.ts";

const names = (values: readonly (string | number)[]) =>
  values.length > 1 ? `${values.slice(0, -1).join(", ")} or ${values.at(-1)}` : String(values[0]);

const choice = <T extends string>(values: readonly T[]) =>
  z.enum(values as readonly [T, ...T[]], { error: `Choose ${names(values)}.` });

const UNSTORABLE = "must not contain U+0000 or half of a surrogate pair.";

const key = (what: string) =>
  z
    .string({ error: `${what} must be text.` })
    .min(1, { error: `${what} must not be empty; leave it out instead.` })
    .max(255, { error: `${what} must be at most 255 characters.` })
    .refine(isStorableText, { error: `${what} ${UNSTORABLE}` });

/** The most that a video may be held to, in US dollars: more is an accident. */
const MOST_USD = 1_000_000;
const MAX_USD_EXPECTED = "maxUsd must be US dollars: a number greater than 0, at most 1,000,000.";

const DATA_URI = /^data:image\/[a-z0-9.+-]+(?:;[a-z0-9-]+=[^;,]*)*;base64,/i;
const NOT_BASE64 = /[^A-Za-z0-9+/]/;

/** Looks for one wrong character: a pattern for the whole text overflows the stack on an image of some megabytes. */
function isBase64(text: string): boolean {
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  const digits = text.slice(0, text.length - padding);
  const whole = padding === 0 ? digits.length % 4 !== 1 : text.length % 4 === 0;
  return digits !== "" && whole && !NOT_BASE64.test(digits);
}

function imageProblem(value: string): string | null {
  if (value.slice(0, 5).toLowerCase() === "data:") {
    const head = DATA_URI.exec(value.slice(0, 256))?.[0];
    if (head === undefined) return 'A data URI must be a base64 image: "data:image/png;base64,…".';
    const base64 = value.slice(head.length);
    if ((base64.length * 3) / 4 > MAX_IMAGE_BYTES + 2) {
      return `The image must be at most ${MAX_IMAGE_BYTES / 1024 / 1024} MiB; give an http(s) address for a larger one.`;
    }
    return isBase64(base64) ? null : "The data URI's base64 is empty or damaged.";
  }
  if (!isStorableText(value)) return `The address ${UNSTORABLE}`;
  if (value.length > MAX_URL_CHARACTERS) return `An address must be at most ${MAX_URL_CHARACTERS} characters.`;
  const url = URL.parse(value);
  if (url === null || (url.protocol !== "http:" && url.protocol !== "https:")) {
    return "Give an http(s) address or a base64 data URI of an image.";
  }
  return url.username === "" && url.password === "" ? null : "The address must not carry a user name or password.";
}

const image = z
  .string({ error: "An image must be an address or a data URI, as text." })
  .superRefine((value, context) => {
    const message = imageProblem(value);
    if (message !== null) context.addIssue({ code: "custom", message });
  });

/**
 * What a caller may ask for. Unknown fields are refused. Defaults: the first of `MODELS`, 720p, 8 seconds, with
 * sound, adults allowed, aspect ratio chosen upstream. `null` means the same as leaving a field out. Nothing is held
 * more strictly than the upstream documents for the model, but for limits on size.
 */
export const createVideoInputSchema = z
  .strictObject(
    {
      prompt: z
        .string({ error: "Say what the video should show." })
        .max(MAX_PROMPT_CHARACTERS, { error: `The prompt must be at most ${MAX_PROMPT_CHARACTERS} characters.` })
        .refine(isStorableText, { error: `The prompt ${UNSTORABLE}` })
        .refine((prompt) => prompt.trim() !== "", { error: "Say what the video should show; the prompt is empty." }),
      model: z
        .string({ error: "A model is named by its id." })
        .transform((name, context) => {
          const model = findModel(name);
          if (model !== null) return model.id;
          context.addIssue({ code: "custom", message: `Unknown model. Choose ${names(MODELS.map(({ id }) => id))}.` });
          return z.NEVER;
        })
        .nullish()
        .transform((model) => model ?? MODELS[0].id),
      imageUrl: image.nullish(),
      lastImageUrl: image.nullish(),
      aspectRatio: choice(ASPECT_RATIOS).nullish(),
      resolution: choice(RESOLUTIONS).nullish(),
      durationSeconds: z
        .literal(DURATIONS_SECONDS, { error: `The length must be ${names(DURATIONS_SECONDS)} seconds.` })
        .nullish(),
      generateAudio: z.boolean({ error: "generateAudio must be true or false." }).nullish(),
      personGeneration: choice(PERSON_GENERATIONS).nullish(),
      idempotencyKey: key("The idempotency key").nullish(),
      externalId: key("The external id").nullish(),
      maxUsd: z
        .number({ error: MAX_USD_EXPECTED })
        .positive({ error: MAX_USD_EXPECTED })
        .max(MOST_USD, { error: MAX_USD_EXPECTED })
        .nullish(),
      callbackUrl: receiverUrl.nullish(),
    },
    {
      error: (issue) => {
        if (issue.code !== "unrecognized_keys") return "The input must be an object with at least a prompt.";
        return `Unknown field: ${issue.keys.join(", ")}.`;
      },
    },
  )
  .transform(({ idempotencyKey, externalId, maxUsd, callbackUrl, ...asked }) => ({
    request: {
      model: asked.model,
      prompt: asked.prompt,
      imageUrl: asked.imageUrl ?? null,
      lastImageUrl: asked.lastImageUrl ?? null,
      aspectRatio: asked.aspectRatio ?? null,
      resolution: asked.resolution ?? "P720",
      durationSeconds: asked.durationSeconds ?? 8,
      generateAudio: asked.generateAudio ?? true,
      personGeneration: asked.personGeneration ?? "ALLOW_ADULT",
    } satisfies VideoRequest,
    idempotencyKey: idempotencyKey ?? null,
    externalId: externalId ?? null,
    maxUsd: maxUsd ?? null,
    callbackUrl: callbackUrl ?? null,
  }));

/** As callers write it: only `prompt` is required. */
export type CreateVideoInput = z.input<typeof createVideoInputSchema>;

/** As the engine takes it: every default filled in. */
export type AcceptedInput = z.output<typeof createVideoInputSchema>;

/**
 * Checks a caller's input and fills in the defaults.
 *
 * @throws {ApiError} `BAD_INPUT` with every problem at once, each with its path.
 */
export function parseCreateVideoInput(input: unknown): AcceptedInput {
  return parseInput(createVideoInputSchema, input);
}
