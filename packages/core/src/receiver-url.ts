import { z } from "zod";
import { MAX_URL_CHARACTERS } from "./models.ts";
import { isStorableText } from "./storable-text.ts";

function receiverUrlProblem(value: string): string | null {
  if (!isStorableText(value)) return "The address must not contain U+0000 or half of a surrogate pair.";
  if (value.length > MAX_URL_CHARACTERS) return `The address must be at most ${MAX_URL_CHARACTERS} characters.`;
  // Which would be left out in silence: two texts would be one address.
  if (/\s/.test(value)) return "The address must not contain spaces or line breaks.";
  const url = URL.parse(value);
  if (url === null || (url.protocol !== "http:" && url.protocol !== "https:")) {
    return "Give the http(s) address to send to.";
  }
  return url.username === "" && url.password === "" ? null : "The address must not carry a user name or password.";
}

/** An address that webhooks and callbacks are sent to. Whether its host may be sent to is the engine's to say. */
export const receiverUrl = z
  .string({ error: "Give the address to send to, as text." })
  .superRefine((value, context) => {
    const message = receiverUrlProblem(value);
    if (message !== null) context.addIssue({ code: "custom", message });
  });
