import { z } from "zod";
import { parseInput } from "./parse-input.ts";
import { TOKEN_SCOPES } from "./scope.ts";
import { isStorableText } from "./storable-text.ts";
import { videoIdToUuid } from "./video-id.ts";

/** The longest that an access token may live. */
export const MAX_TOKEN_SECONDS = 86_400;

/** The most videos that an access token may name. */
export const MAX_TOKEN_VIDEOS = 100;

const fieldsOfRules = z.object({
  subject: z.string().nullable(),
  scopes: z.array(z.unknown()),
  videoIds: z.array(z.unknown()).nullable(),
});

const newAccessTokenSchema = z
  .strictObject({
    subject: z
      .string({ error: "A subject must be text." })
      .min(1, { error: "A subject must not be empty." })
      .max(255, { error: "A subject must be at most 255 characters." })
      .refine(isStorableText, { error: "A subject must not contain U+0000 or half of a surrogate pair." })
      .nullable(),
    scopes: z
      .array(z.enum(TOKEN_SCOPES, { error: `Choose from ${TOKEN_SCOPES.join(", ")}.` }), {
        error: "Say what the token may do.",
      })
      .min(1, { error: "Say what the token may do." })
      .transform((scopes) => [...new Set(scopes)]),
    videoIds: z
      .array(
        z
          .string({ error: "A video is named by its id." })
          .refine((id) => videoIdToUuid(id) !== null, { error: "This is not the id of a video." }),
        { error: "Name the videos in a list." },
      )
      .min(1, { error: "Name at least one video, or leave videoIds out." })
      .max(MAX_TOKEN_VIDEOS, { error: `Name at most ${MAX_TOKEN_VIDEOS} videos.` })
      .transform((ids) => [...new Set(ids)])
      .nullable(),
    expiresInSeconds: z
      .int({ error: "Say in whole seconds how long the token lives." })
      .min(1, { error: "A token lives at least 1 second." })
      .max(MAX_TOKEN_SECONDS, { error: `A token lives at most ${MAX_TOKEN_SECONDS} seconds, a day.` }),
  })
  .refine(({ subject, videoIds }) => subject !== null || videoIds !== null, {
    path: ["subject"],
    error: "Say which of your users the token is for, or name the videos it is for.",
    when: hasTheseFields,
  })
  .refine(({ subject, scopes }) => subject !== null || !scopes.includes("videos:create"), {
    path: ["subject"],
    error: "Say which of your users the videos made with the token belong to.",
    when: hasTheseFields,
  });

/** Rules about several fields are looked at even where one of these, or another, is wrong by itself. */
function hasTheseFields({ value }: { value: unknown }): boolean {
  return fieldsOfRules.safeParse(value).success;
}

/** What an access token is made of, checked. */
export type CheckedAccessToken = z.output<typeof newAccessTokenSchema>;

/**
 * Checks what an access token is to be made of.
 *
 * @throws {ApiError} `BAD_INPUT` with every problem at once, each with its path
 */
export function parseNewAccessToken(input: unknown): CheckedAccessToken {
  return parseInput(newAccessTokenSchema, input);
}
