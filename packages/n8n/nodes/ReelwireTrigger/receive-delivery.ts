import { WEBHOOK_EVENT_NAMES } from "@reelwire/core";
import { verifyWebhook, type WebhookPayload, WebhookVerificationError } from "@reelwire/core/webhooks";
import type { IWebhookFunctions, IWebhookResponseData } from "n8n-workflow";
import { answerFirst, itemAfterAnswer } from "../../gateway/answer-first.ts";
import { refuseForNow } from "../../gateway/refuse-for-now.ts";
import { videoItem } from "../../gateway/video-item.ts";
import { keptSecret, subscribe } from "./subscription.ts";

/** Gives the workflow the video that a delivery tells of. What cannot be believed is refused. */
export async function receiveDelivery(woken: IWebhookFunctions): Promise<IWebhookResponseData> {
  try {
    const { type, data: video } = await believed(woken);
    const isFileWanted = woken.getNodeParameter("downloadFile") === true;
    const fileField = isFileWanted ? String(woken.getNodeParameter("outputField")) || "data" : null;
    const told = { event: WEBHOOK_EVENT_NAMES[type], deliveryId: String(woken.getHeaderData()["webhook-id"]) };
    if (fileField === null || video.url === null)
      return { workflowData: [[await videoItem(woken, video, null, told)]] };
    await answerFirst(woken, [video.url]);
    const withFile = await itemAfterAnswer(woken, video, fileField, told);
    return { workflowData: [[withFile ?? (await videoItem(woken, video, null, told))]], noWebhookResponse: true };
  } catch (error) {
    if (!(error instanceof WebhookVerificationError)) return refuseForNow(woken, error);
    woken.getResponseObject().status(401).json({ message: error.message });
    return { noWebhookResponse: true };
  }
}

/**
 * What the delivery tells, if it is signed with the webhook's secret. A secret that was changed at the gateway is not known here: asking
 * for the same webhook gives the one of now.
 */
async function believed(woken: IWebhookFunctions): Promise<WebhookPayload> {
  const { rawBody } = woken.getRequestObject();
  const headers = woken.getHeaderData();
  const secret = keptSecret(woken);
  try {
    if (secret !== null) return verifyWebhook(rawBody, headers, secret);
  } catch {
    // Told below, where it is not to be believed with the secret of now either.
  }
  return verifyWebhook(rawBody, headers, await subscribe(woken));
}
