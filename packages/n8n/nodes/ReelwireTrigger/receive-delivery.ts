import { WEBHOOK_EVENT_NAMES } from "@reelwire/core";
import { verifyWebhook, type WebhookPayload, WebhookVerificationError } from "@reelwire/core/webhooks";
import type { IWebhookFunctions, IWebhookResponseData } from "n8n-workflow";
import { videoItem } from "../../gateway/video-item.ts";
import { keptSecret, subscribe } from "./subscription.ts";

/** Gives the workflow the video that a delivery tells of. What cannot be believed is refused; so is, for now, what cannot be followed now. */
export async function receiveDelivery(woken: IWebhookFunctions): Promise<IWebhookResponseData> {
  try {
    const { type, data: video } = await believed(woken);
    const fileField =
      woken.getNodeParameter("downloadFile") === true ? String(woken.getNodeParameter("outputField")) : null;
    const item = await videoItem(woken, video, fileField);
    const deliveryId = String(woken.getHeaderData()["webhook-id"]);
    return { workflowData: [[{ ...item, json: { event: WEBHOOK_EVENT_NAMES[type], deliveryId, ...item.json } }]] };
  } catch (error) {
    const isForged = error instanceof WebhookVerificationError;
    if (!isForged) woken.logger.warn("A delivery of Reelwire's could not be followed; it is sent again.", { error });
    const message = isForged ? error.message : "It could not be followed. Send it again.";
    woken
      .getResponseObject()
      .status(isForged ? 401 : 503)
      .json({ message });
    return { noWebhookResponse: true };
  }
}

/**
 * What the delivery tells, if it is signed with the webhook's secret. A secret that has been changed at the gateway is not known here:
 * asking for the same webhook gives the one of now.
 */
async function believed(woken: IWebhookFunctions): Promise<WebhookPayload> {
  const { rawBody } = woken.getRequestObject();
  const headers = woken.getHeaderData();
  const secret = keptSecret(woken);
  try {
    if (secret !== null) return verifyWebhook(rawBody, headers, secret);
  } catch (error) {
    woken.logger.debug("A delivery of Reelwire's is not signed with the secret known here.", { error });
  }
  return verifyWebhook(rawBody, headers, await subscribe(woken));
}
