import { ApiError, webhookDeliveryFields } from "@reelwire/core";
import type { WebhookAttempt, WebhookDelivery } from "@reelwire/engine";
import { builder } from "./builder.ts";
import { WebhookDeliveryStatus, WebhookErrorCode, WebhookEvent } from "./enums.ts";

/** Deliveries that are listed when nobody says how many. */
const DEFAULT_DELIVERIES = 20;

/** Deliveries that are listed at most. */
const MAX_DELIVERIES = 100;

/** Most are delivered at once; few take all attempts that there are. */
const USUAL_ATTEMPTS = 5;

const WebhookAttemptType = builder.objectRef<WebhookAttempt>("WebhookAttempt").implement({
  description: "One POST to a receiver.",
  fields: (t) => {
    const fields = webhookDeliveryFields;
    return {
      number: t.exposeInt("number", { description: fields.number.description }),
      at: t.expose("at", { type: "DateTime", description: fields.at.description }),
      durationMs: t.exposeInt("durationMs", { description: fields.durationMs.description }),
      statusCode: t.exposeInt("statusCode", { nullable: true, description: fields.statusCode.description }),
      errorCode: t.expose("errorCode", {
        type: WebhookErrorCode,
        nullable: true,
        description: fields.errorCode.description,
      }),
      errorMessage: t.exposeString("errorMessage", { nullable: true, description: fields.errorMessage.description }),
      responseBody: t.exposeString("responseBody", { nullable: true, description: fields.responseBody.description }),
    };
  },
});

export const WebhookDeliveryType = builder.objectRef<WebhookDelivery>("WebhookDelivery").implement({
  description: "One thing to be told to one receiver, and every attempt to.",
  fields: (t) => {
    const fields = webhookDeliveryFields;
    const time = (name: "nextAttemptAt" | "finishedAt") =>
      t.expose(name, { type: "DateTime", nullable: true, description: fields[name].description });
    return {
      id: t.exposeID("id", { description: fields.id.description }),
      webhookId: t.exposeID("webhookId", { nullable: true, description: fields.webhookId.description }),
      url: t.exposeString("url", { description: fields.url.description }),
      event: t.expose("event", { type: WebhookEvent, description: fields.event.description }),
      videoId: t.exposeID("videoId", { description: fields.videoId.description }),
      status: t.expose("status", { type: WebhookDeliveryStatus, description: fields.status.description }),
      createdAt: t.expose("createdAt", { type: "DateTime", description: fields.createdAt.description }),
      nextAttemptAt: time("nextAttemptAt"),
      finishedAt: time("finishedAt"),
      attempts: t.field({
        type: [WebhookAttemptType],
        description: fields.attempts.description,
        complexity: { multiplier: USUAL_ATTEMPTS },
        resolve: ({ attempts }) => [...attempts],
      }),
    };
  },
});

/** What the argument `first` of a list of deliveries is made of. */
export const firstDeliveries = {
  defaultValue: DEFAULT_DELIVERIES,
  description: `How many, the newest first. 1 to ${MAX_DELIVERIES}. Default: ${DEFAULT_DELIVERIES}.`,
};

/** How many deliveries are asked for. @throws {ApiError} `BAD_INPUT` */
export function deliveriesAskedFor(first: number | null | undefined): number {
  const asked = first ?? DEFAULT_DELIVERIES;
  if (asked >= 1 && asked <= MAX_DELIVERIES) return asked;
  const message = `Ask for 1 to ${MAX_DELIVERIES} deliveries, not ${asked}.`;
  throw ApiError.badInput([{ path: ["first"], message }]);
}

/** What a list of deliveries costs. */
export function deliveriesComplexity({ first }: { first?: number | null | undefined }) {
  return { field: 20, multiplier: Math.min(Math.max(first ?? DEFAULT_DELIVERIES, 1), MAX_DELIVERIES) };
}

builder.queryField("webhookDeliveries", (t) =>
  t.field({
    type: [WebhookDeliveryType],
    authScopes: { scope: "webhooks" },
    description:
      "What was sent to webhooks and callbacks, or is about to be: the newest first. All that is given must hold; null means the same as leaving it out. Errors: `BAD_INPUT`.",
    args: {
      webhookId: t.arg.id({ description: "Only what is for this webhook." }),
      videoId: t.arg.id({ description: "Only what tells of this video." }),
      status: t.arg({ type: WebhookDeliveryStatus, description: "Only what is in this status." }),
      first: t.arg.int(firstDeliveries),
    },
    complexity: deliveriesComplexity,
    resolve: (_root, { webhookId, videoId, status, first }, { engine, viewer }) => {
      const filter = {
        ...(webhookId == null ? {} : { webhookId }),
        ...(videoId == null ? {} : { videoId }),
        ...(status == null ? {} : { status }),
      };
      return engine.webhooks.deliveries(viewer, filter, deliveriesAskedFor(first));
    },
  }),
);

const RedeliverWebhookPayload = builder.objectRef<{ delivery: WebhookDelivery }>("RedeliverWebhookPayload").implement({
  description: "The delivery that is tried again.",
  fields: (t) => ({
    delivery: t.expose("delivery", { type: WebhookDeliveryType, description: "`PENDING` once more." }),
  }),
});

builder.mutationField("redeliverWebhook", (t) =>
  t.field({
    type: RedeliverWebhookPayload,
    authScopes: { scope: "webhooks" },
    complexity: { field: 20 },
    description:
      "Tries a delivery again, at once, whatever became of it, and for two days if need be. Errors: `NOT_FOUND`.",
    args: { id: t.arg.id({ required: true, description: webhookDeliveryFields.id.description }) },
    resolve: async (_root, { id }, { engine, viewer }) => ({ delivery: await engine.webhooks.redeliver(viewer, id) }),
  }),
);
