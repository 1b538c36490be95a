import { z } from "zod";
import { findModel, MODELS } from "./models.ts";
import { parseInput } from "./parse-input.ts";
import { receiverUrl } from "./receiver-url.ts";
import { isStorableText } from "./storable-text.ts";
import { WEBHOOK_EVENTS } from "./webhook.ts";

const text = (what: string) =>
  z
    .string({ error: `${what} must be text.` })
    .min(1, { error: `${what} must not be empty; leave it out instead.` })
    .max(255, { error: `${what} must be at most 255 characters.` })
    .refine(isStorableText, { error: `${what} must not contain U+0000 or half of a surrogate pair.` });

const newWebhookSchema = z.strictObject({
  url: receiverUrl,
  events: z
    .array(z.enum(WEBHOOK_EVENTS, { error: `Choose ${WEBHOOK_EVENTS.join(", ")}.` }), {
      error: "Give the events to be told of, as a list.",
    })
    .min(1, { error: `Give at least one event: ${WEBHOOK_EVENTS.join(", ")}.` })
    .transform((events) => WEBHOOK_EVENTS.filter((event) => events.includes(event))),
  filter: z
    .strictObject({
      model: z
        .string({ error: "A model is named by its id." })
        .transform((name, context) => {
          const model = findModel(name);
          if (model !== null) return model.id;
          const known = MODELS.map(({ id }) => id).join(", ");
          context.addIssue({ code: "custom", message: `Unknown model. Choose ${known}.` });
          return z.NEVER;
        })
        .nullish(),
      externalIdPrefix: text("The beginning of the external id").nullish(),
      subject: text("The subject").nullish(),
    })
    .nullish()
    .transform((filter) => ({
      model: filter?.model ?? null,
      externalIdPrefix: filter?.externalIdPrefix ?? null,
      subject: filter?.subject ?? null,
    })),
});

/** What a webhook is made of, checked: its events in the order of `WEBHOOK_EVENTS`, each once. */
export type CheckedWebhook = z.output<typeof newWebhookSchema>;

/** Of which videos a webhook is told. What is `null` is any. */
export type WebhookFilter = CheckedWebhook["filter"];

/**
 * Checks what a webhook is to be made of.
 *
 * @throws {ApiError} `BAD_INPUT` with every problem at once, each with its path
 */
export function parseNewWebhook(input: unknown): CheckedWebhook {
  return parseInput(newWebhookSchema, input);
}
