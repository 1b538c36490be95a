import * as standard from "standardwebhooks";
import type { Video } from "../client/video.ts";
import type { WebhookEventType } from "../webhook.ts";

/** What a delivery tells. Receivers see `data.id` and `data.version` as in every other answer of the gateway's. */
export interface WebhookPayload {
  type: WebhookEventType;
  /** When the video ended: ISO 8601, in UTC. */
  timestamp: string;
  /** Of this form; what is added to it later does not change it. */
  payloadVersion: 1;
  /** What `video(id)` answers. */
  data: Video;
}

/** A delivery that is not to be believed: forged, damaged, or of more than five minutes ago. */
export class WebhookVerificationError extends Error {
  override readonly name = "WebhookVerificationError";
}

/** The headers of a request, as `fetch`, Node or a framework has them. */
export type ReceivedHeaders = Headers | Readonly<Record<string, string | readonly string[] | undefined>>;

/**
 * Reads a delivery that the gateway has sent, after making sure that it was the gateway that sent it, and not long ago. It says nothing
 * about whether it came before: a delivery may come more than once, with the same `webhook-id`.
 *
 * @param body the request's body as it arrived; parsed and written again it is another
 * @param headers those of the request
 * @param secret that of the webhook, or for a `callbackUrl` the project's: `whsec_` and base64
 * @throws {WebhookVerificationError} when it is not to be believed
 * @throws {TypeError} when the secret can be none
 */
export function verifyWebhook(body: string | Uint8Array, headers: ReceivedHeaders, secret: string): WebhookPayload {
  const text = typeof body === "string" ? body : new TextDecoder("utf-8", { ignoreBOM: true }).decode(body);
  const webhook = webhookOf(secret);
  try {
    return webhook.verify(text, standardHeaders(headers)) as WebhookPayload;
  } catch (cause) {
    const reason = cause instanceof standard.WebhookVerificationError ? cause.message : "The body is no JSON";
    throw new WebhookVerificationError(`This is no delivery to believe: ${reason}.`, { cause });
  }
}

function webhookOf(secret: string): standard.Webhook {
  try {
    return new standard.Webhook(secret);
  } catch (cause) {
    throw new TypeError("The secret must be the one that the gateway gave: `whsec_` and base64.", { cause });
  }
}

function standardHeaders(headers: ReceivedHeaders): Record<string, string> {
  const pairs = Symbol.iterator in headers ? [...headers] : Object.entries(headers);
  return Object.fromEntries(pairs.map(([name, value]) => [name.toLowerCase(), [value ?? ""].flat()[0] ?? ""]));
}
