import { z } from "zod";
import { toStorableText } from "../storable-text.ts";

const MAX_MESSAGE_CHARACTERS = 500;
/** A 400 may echo the whole request, images and all. What is beyond this is not even looked at. */
const MAX_LOOKED_AT = 20_000;

const DATA_URI = /data:[\w.+-]+\/[\w.+-]+[^\s,]{0,100},[\w+/=%-]*/gi;
/** Nothing that people read has so many characters without a space; base64 has. */
const BLOB = /[\w+/=-]{150,}/g;

/** Cuts a text of the upstream's to what people can read: no `data:` URIs, no base64, at most 500 characters. */
export function tidy(text: string): string {
  const readable = text.slice(0, MAX_LOOKED_AT).replace(DATA_URI, "data:…").replace(BLOB, "…").trim();
  const isLong = readable.length > MAX_MESSAGE_CHARACTERS;
  return toStorableText(isLong ? `${readable.slice(0, MAX_MESSAGE_CHARACTERS - 1)}…` : readable);
}

const text = z.string().nullish().catch(null);
const messages = z
  .union([z.string(), z.array(z.string()).transform((lines) => lines.join(" "))])
  .nullish()
  .catch(null);

/** Documented is `message`; the other shapes are what validators and gateways commonly send. */
const errorBody = z.object({
  message: messages,
  detail: text,
  error: z
    .union([z.string(), z.object({ message: messages }).transform((error) => error.message)])
    .nullish()
    .catch(null),
});

/** What an error answer says to people, or `null` when it says nothing, or says it in HTML. */
export function messageOf(body: unknown): string | null {
  if (typeof body === "string") return body.trimStart().startsWith("<") ? null : tidy(body) || null;
  const parsed = errorBody.safeParse(body);
  if (!parsed.success) return null;
  const { message, error, detail } = parsed.data;
  return tidy(message || error || detail || "") || null;
}
