import { createWebhookFields, webhookFields } from "@reelwire/core";
import type { RotatedSecret, Webhook } from "@reelwire/engine";
import { builder, ONCE_PER_OPERATION } from "./builder.ts";
import { WebhookDisabledReason, WebhookEvent } from "./enums.ts";
import {
  deliveriesAskedFor,
  deliveriesComplexity,
  firstDeliveries,
  WebhookDeliveryType,
} from "./webhook-deliveries.ts";

/** There may be `MAX_WEBHOOKS`; most projects have a few. */
const USUAL_WEBHOOKS = 10;

const WebhookFilterType = builder.objectRef<Webhook["filter"]>("WebhookFilter").implement({
  description: "Of which videos a webhook is told. What is null is any.",
  fields: (t) => ({
    model: t.exposeString("model", { nullable: true, description: createWebhookFields.filterModel.description }),
    externalIdPrefix: t.exposeString("externalIdPrefix", {
      nullable: true,
      description: createWebhookFields.externalIdPrefix.description,
    }),
    subject: t.exposeString("subject", { nullable: true, description: createWebhookFields.filterSubject.description }),
  }),
});

const WebhookType = builder.objectRef<Webhook>("Webhook").implement({
  description: "An address of yours that is told how videos end.",
  fields: (t) => {
    const time = (name: "failingSince" | "disabledAt") =>
      t.expose(name, { type: "DateTime", nullable: true, description: webhookFields[name].description });
    return {
      id: t.exposeID("id", { description: webhookFields.id.description }),
      url: t.exposeString("url", { description: createWebhookFields.url.description }),
      events: t.field({
        type: [WebhookEvent],
        description: createWebhookFields.events.description,
        resolve: ({ events }) => [...events],
      }),
      filter: t.expose("filter", { type: WebhookFilterType, description: createWebhookFields.filter.description }),
      createdAt: t.expose("createdAt", { type: "DateTime", description: webhookFields.createdAt.description }),
      failingSince: time("failingSince"),
      disabledAt: time("disabledAt"),
      disabledReason: t.expose("disabledReason", {
        type: WebhookDisabledReason,
        nullable: true,
        description: webhookFields.disabledReason.description,
      }),
      deliveries: t.field({
        type: [WebhookDeliveryType],
        description: webhookFields.deliveries.description,
        args: { first: t.arg.int(firstDeliveries) },
        complexity: deliveriesComplexity,
        resolve: ({ id }, { first }, { engine, viewer }) =>
          engine.webhooks.deliveries(viewer, { webhookId: id }, deliveriesAskedFor(first)),
      }),
    };
  },
});

builder.queryField("webhooks", (t) =>
  t.field({
    type: [WebhookType],
    authScopes: { scope: "webhooks" },
    description: "The webhooks you may see, the newest first; those that were switched off too.",
    complexity: { field: 20, multiplier: USUAL_WEBHOOKS },
    resolve: (_root, _args, { engine, viewer }) => engine.webhooks.list(viewer),
  }),
);

builder.queryField("webhook", (t) =>
  t.field({
    type: WebhookType,
    authScopes: { scope: "webhooks" },
    nullable: true,
    description: "The webhook with this id; null when there is no such webhook, or it is not yours.",
    args: { id: t.arg.id({ required: true, description: webhookFields.id.description }) },
    resolve: (_root, { id }, { engine, viewer }) => engine.webhooks.find(viewer, id),
  }),
);

const WebhookFilterInput = builder.inputType("WebhookFilterInput", {
  description: "Of which videos to be told; null means the same as leaving a field out.",
  fields: (t) => ({
    model: t.string({ description: createWebhookFields.filterModel.description }),
    externalIdPrefix: t.string({ description: createWebhookFields.externalIdPrefix.description }),
    subject: t.string({ description: createWebhookFields.filterSubject.description }),
  }),
});

const CreateWebhookInput = builder.inputType("CreateWebhookInput", {
  description: "What to send where.",
  fields: (t) => ({
    url: t.string({ required: true, description: createWebhookFields.url.description }),
    events: t.field({ type: [WebhookEvent], required: true, description: createWebhookFields.events.description }),
    filter: t.field({ type: WebhookFilterInput, description: createWebhookFields.filter.description }),
  }),
});

const CreateWebhookPayload = builder
  .objectRef<{ webhook: Webhook; secret: string; reused: boolean }>("CreateWebhookPayload")
  .implement({
    description: "The webhook that was made.",
    fields: (t) => ({
      webhook: t.expose("webhook", {
        type: WebhookType,
        description: "It is told of every video that ends from now on.",
      }),
      secret: t.exposeString("secret", { description: webhookFields.secret.description }),
      reused: t.exposeBoolean("reused", {
        description: "True when there was a webhook of the same input already: this is it, and no other is made.",
      }),
    }),
  });

builder.mutationField("createWebhook", (t) =>
  t.field({
    type: CreateWebhookPayload,
    authScopes: { scope: "webhooks" },
    complexity: { field: 20 },
    description:
      "Has an address be told how videos end, by a signed POST. The same input again gives the same webhook and its secret. Errors: `BAD_INPUT`, `TOO_MANY_WEBHOOKS`.",
    args: { input: t.arg({ type: CreateWebhookInput, required: true, description: "What to send where." }) },
    resolve: (_root, { input }, { engine, viewer }) => engine.webhooks.create(viewer, input),
  }),
);

const DeleteWebhookPayload = builder.objectRef<{ webhook: Webhook }>("DeleteWebhookPayload").implement({
  description: "The webhook that is no more.",
  fields: (t) => ({ webhook: t.expose("webhook", { type: WebhookType, description: "As it was last." }) }),
});

builder.mutationField("deleteWebhook", (t) =>
  t.field({
    type: DeleteWebhookPayload,
    authScopes: { scope: "webhooks" },
    complexity: { field: 20 },
    description: "Ends a webhook. What is on its way to it is not sent any more. Errors: `NOT_FOUND`.",
    args: { id: t.arg.id({ required: true, description: webhookFields.id.description }) },
    resolve: async (_root, { id }, { engine, viewer }) => ({ webhook: await engine.webhooks.delete(viewer, id) }),
  }),
);

const EnableWebhookPayload = builder.objectRef<{ webhook: Webhook }>("EnableWebhookPayload").implement({
  description: "The webhook that is switched on.",
  fields: (t) => ({ webhook: t.expose("webhook", { type: WebhookType, description: "It has no `disabledAt` now." }) }),
});

builder.mutationField("enableWebhook", (t) =>
  t.field({
    type: EnableWebhookPayload,
    authScopes: { scope: "webhooks" },
    complexity: { field: 20 },
    description:
      "Switches a webhook on again that was switched off. What it missed is not sent by that: `redeliverWebhook` does it. Errors: `NOT_FOUND`.",
    args: { id: t.arg.id({ required: true, description: webhookFields.id.description }) },
    resolve: async (_root, { id }, { engine, viewer }) => ({ webhook: await engine.webhooks.enable(viewer, id) }),
  }),
);

const RotateWebhookSecretPayload = builder.objectRef<RotatedSecret>("RotateWebhookSecretPayload").implement({
  description: "A new secret.",
  fields: (t) => ({
    secret: t.exposeString("secret", { description: webhookFields.secret.description }),
    previousSecretUntil: t.expose("previousSecretUntil", {
      type: "DateTime",
      nullable: true,
      description: webhookFields.previousSecretUntil.description,
    }),
  }),
});

builder.mutationField("rotateWebhookSecret", (t) =>
  t.field({
    type: RotateWebhookSecretPayload,
    authScopes: { scope: "webhooks" },
    complexity: { field: ONCE_PER_OPERATION },
    description:
      "Makes a new secret, one in an operation. For a day deliveries are signed with the one before as well. Errors: `NOT_FOUND`, `FORBIDDEN`.",
    args: {
      id: t.arg.id({ description: "Of this webhook. Left out: the project's, which callbacks are signed with." }),
    },
    resolve: (_root, { id }, { engine, viewer }) => engine.webhooks.rotateSecret(viewer, id ?? null),
  }),
);
