import type { RequestListener } from "node:http";
import { buffer } from "node:stream/consumers";
import { verifyWebhook, type WebhookPayload, WebhookVerificationError } from "@reelwire/core/webhooks";

/**
 * Answers what the gateway sends.
 *
 * @param tell called once for each delivery; where it throws, the gateway sends it again
 */
export function createReceiver(secret: Promise<string>, tell: (payload: WebhookPayload) => void): RequestListener {
  const seen = new Set<string>();
  return async (request, response) => {
    try {
      const payload = verifyWebhook(await buffer(request), request.headers, await secret);
      const id = String(request.headers["webhook-id"]);
      // A delivery may come more than once, by the same id.
      if (!seen.has(id)) tell(payload);
      seen.add(id);
      response.writeHead(204).end();
    } catch (error) {
      const isForged = error instanceof WebhookVerificationError;
      response.writeHead(isForged ? 400 : 500).end();
      if (!isForged) console.error(error);
    }
  };
}
