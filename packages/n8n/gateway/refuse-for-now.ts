import type { IWebhookFunctions, IWebhookResponseData } from "n8n-workflow";

/** Where the gateway cannot be asked now, or a file not be had, what it sent is refused with 503: it sends that again. */
export function refuseForNow(woken: IWebhookFunctions, error: unknown): IWebhookResponseData {
  const reason = error instanceof Error ? error.message : String(error);
  // Not the error itself: n8n's log would have its request too, and with that the key.
  woken.logger.warn(`What Reelwire sent could not be followed, and is sent again: ${reason}`);
  woken.getResponseObject().status(503).json({ message: "It could not be followed. Send it again." });
  return { noWebhookResponse: true };
}
