import type * as Schema from "./generated/schema.ts";

/** A webhook as the client reads it: what was sent to it is asked for with `listWebhookDeliveries`. Times are ISO 8601 in UTC. */
export interface Webhook extends Omit<Schema.Webhook, "deliveries"> {}

/** What `createWebhook` answers. */
export interface CreatedWebhook extends Omit<Schema.CreateWebhookPayload, "webhook"> {
  readonly webhook: Webhook;
}

/** What `rotateWebhookSecret` answers. */
export interface RotatedWebhookSecret extends Schema.RotateWebhookSecretPayload {}
