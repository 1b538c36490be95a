import { z } from "zod";
import { isApiKeyId } from "./api-key-id.ts";
import { parseInput } from "./parse-input.ts";
import { SCOPES } from "./scope.ts";
import { isStorableText } from "./storable-text.ts";

const newApiKeySchema = z.strictObject({
  project: z.string({ error: "Name a project." }).regex(/^[a-z0-9][a-z0-9-]{0,63}$/, {
    error: "A project's name is 1 to 64 of a–z, 0–9 and -, and begins with a letter or digit.",
  }),
  name: z
    .string({ error: "Name the key, for those who see it in a list." })
    .max(100, { error: "A key's name must be at most 100 characters." })
    .refine((name) => name.trim() !== "", { error: "Name the key, for those who see it in a list." })
    .refine(isStorableText, { error: "A key's name must not contain U+0000 or half of a surrogate pair." }),
  scopes: z
    .array(z.enum(SCOPES, { error: `Choose from ${SCOPES.join(", ")}.` }), { error: "Say what the key may do." })
    .min(1, { error: "Say what the key may do." })
    .transform((scopes) => [...new Set(scopes)]),
  expiresAt: z
    .date({ error: "The end must be a point in time." })
    .refine((end) => end.getTime() > Date.now(), { error: "The end must be in the future." })
    .nullable(),
  createdBy: z.string().refine(isApiKeyId, { error: "The key that makes it must be named by its id." }).nullable(),
});

/** What an API key is made of, checked. */
export type CheckedApiKey = z.output<typeof newApiKeySchema>;

/**
 * Checks what an API key is to be made of.
 *
 * @throws {ApiError} `BAD_INPUT` with every problem at once, each with its path
 */
export function parseNewApiKey(input: unknown): CheckedApiKey {
  return parseInput(newApiKeySchema, input);
}
