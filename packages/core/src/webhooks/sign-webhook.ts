import { Webhook } from "standardwebhooks";

/**
 * The headers that a delivery is sent with, as Standard Webhooks names them (https://www.standardwebhooks.com). No interface, which
 * would not do as a record of headers.
 */
export type SignedHeaders = {
  "webhook-id": string;
  /** Unix time, in seconds. */
  "webhook-timestamp": string;
  /** One `v1,` and base64 for each secret, with a space between them. */
  "webhook-signature": string;
};

/**
 * Signs a delivery.
 *
 * @param secrets each `whsec_` and base64; more than one while a receiver changes over to a new one
 */
export function signWebhook(id: string, at: Date, body: string, secrets: readonly string[]): SignedHeaders {
  return {
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(at.getTime() / 1000)),
    "webhook-signature": secrets.map((secret) => new Webhook(secret).sign(id, at, body)).join(" "),
  };
}
