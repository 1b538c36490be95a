import type { Video } from "@reelwire/core/operations";
import type { INodeExecutionData, IWebhookFunctions, IWebhookResponseData } from "n8n-workflow";
import { videoItem } from "../../gateway/video-item.ts";
import { isFinished } from "../../gateway/video-json.ts";
import { type AwaitedVideo, findAwaited, recallAwaited } from "./awaited-video.ts";

/**
 * What a callback leads to. One callback wakes the whole node, and anybody might send one: so it is taken for a mere hint, and the
 * gateway is asked about the videos of all items. As long as one of them is not finished the node sleeps on; the last of them to
 * finish has a callback of its own.
 *
 * Where the gateway cannot be asked now, or a file not be had, the callback is refused with 503, and the gateway sends it again.
 */
export async function wakeUp(woken: IWebhookFunctions): Promise<IWebhookResponseData> {
  try {
    const asked = await Promise.all(recallAwaited(woken).map((awaited) => ask(woken, awaited)));
    if (asked.some(({ video }) => video !== null && !isFinished(video))) {
      return { webhookResponse: { message: "Not all videos of this step are finished." } };
    }
    return { workflowData: [await Promise.all(asked.map((found, item) => outputItem(woken, found, item)))] };
  } catch (error) {
    woken.logger.warn("A callback of Reelwire's could not be followed; it is sent again.", { error });
    woken.getResponseObject().status(503).json({ message: "The gateway could not be asked. Send it again." });
    return { noWebhookResponse: true };
  }
}

interface Asked {
  awaited: AwaitedVideo;
  video: Video | null;
}

async function ask(woken: IWebhookFunctions, awaited: AwaitedVideo): Promise<Asked> {
  return { awaited, video: awaited.videoId === null ? null : await findAwaited(woken, awaited.videoId) };
}

async function outputItem(
  woken: IWebhookFunctions,
  { awaited, video }: Asked,
  item: number,
): Promise<INodeExecutionData> {
  const pairedItem = { item };
  if (video !== null) return { ...(await videoItem(woken, video, awaited.fileField)), pairedItem };
  const gone = { error: "There is no such video any more.", details: { videoId: awaited.videoId } };
  return { json: awaited.failed ?? gone, pairedItem };
}
