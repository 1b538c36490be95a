import type { Video } from "@reelwire/core/operations";
import type { INodeExecutionData, IWebhookFunctions, IWebhookResponseData } from "n8n-workflow";
import { answerFirst, itemAfterAnswer } from "../../gateway/answer-first.ts";
import { refuseForNow } from "../../gateway/refuse-for-now.ts";
import { isFinished } from "../../gateway/video-json.ts";
import { type AwaitedVideo, findAwaited, recallAwaited } from "./awaited-video.ts";

/**
 * What a callback leads to. One callback wakes the whole node, and anybody might send one: so it is taken for a mere hint, and the
 * gateway is asked about the videos of all items. As long as one of them is not finished the node sleeps on; the last of them to
 * finish has a callback of its own.
 */
export async function wakeUp(woken: IWebhookFunctions): Promise<IWebhookResponseData> {
  try {
    const awaited = recallAwaited(woken);
    const videos = await findFinished(woken, awaited);
    if (videos === null) return { webhookResponse: { message: "Not all videos of this step are finished." } };
    const files = videos.flatMap((video) => video?.url ?? []);
    if (files.length > 0) await answerFirst(woken, files);
    const output: INodeExecutionData[] = [];
    for (const [item, one] of awaited.entries()) {
      output.push({ ...(await outputItem(woken, one, videos[item] ?? null)), pairedItem: { item } });
    }
    return { workflowData: [output], noWebhookResponse: files.length > 0 };
  } catch (error) {
    return refuseForNow(woken, error);
  }
}

/** The videos, item by item; `null` as soon as one is not finished. The last is asked for first, since it was begun last. */
async function findFinished(
  woken: IWebhookFunctions,
  awaited: readonly AwaitedVideo[],
): Promise<(Video | null)[] | null> {
  const videos: (Video | null)[] = [];
  for (const { videoId } of awaited.toReversed()) {
    const video = videoId === null ? null : await findAwaited(woken, videoId);
    if (video !== null && !isFinished(video)) return null;
    videos.unshift(video);
  }
  return videos;
}

async function outputItem(
  woken: IWebhookFunctions,
  awaited: AwaitedVideo,
  video: Video | null,
): Promise<INodeExecutionData> {
  if (awaited.videoId === null) return { json: awaited.failed };
  const { videoId, reused, fileField } = awaited;
  if (video === null) return { json: { error: "There is no such video any more.", details: { videoId } } };
  const found = await itemAfterAnswer(woken, video, fileField, { reused });
  return found ?? { json: { error: "The video's file could not be fetched.", details: { videoId } } };
}
