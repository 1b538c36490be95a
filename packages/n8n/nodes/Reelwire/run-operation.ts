import { cancelVideoDocument } from "@reelwire/core/operations";
import { type IExecuteFunctions, type INodeExecutionData, NodeOperationError } from "n8n-workflow";
import { ask } from "../../gateway/ask.ts";
import { videoItem } from "../../gateway/video-item.ts";
import { videoJson } from "../../gateway/video-json.ts";
import { findVideo } from "./find-video.ts";
import { getManyVideos } from "./get-many-videos.ts";

/** Every operation but Create, which is about all items at once. */
export type ItemOperation = "cancel" | "download" | "get" | "getAll";

/** What an operation gives for one item. */
export async function runOperation(
  step: IExecuteFunctions,
  operation: ItemOperation,
  itemIndex: number,
): Promise<INodeExecutionData[]> {
  switch (operation) {
    case "cancel":
      return [await cancel(step, itemIndex)];
    case "download":
      return [await download(step, itemIndex)];
    case "get":
      return [{ json: videoJson(await findVideo(step, itemIndex)) }];
    case "getAll":
      return (await getManyVideos(step, itemIndex)).map((video) => ({ json: videoJson(video) }));
  }
}

async function cancel(step: IExecuteFunctions, itemIndex: number): Promise<INodeExecutionData> {
  const { id } = await findVideo(step, itemIndex);
  const { video, upstreamMayStillCharge } = (await ask(step, cancelVideoDocument, { id })).cancelVideo;
  return { json: { ...videoJson(video), upstreamMayStillCharge } };
}

async function download(step: IExecuteFunctions, itemIndex: number): Promise<INodeExecutionData> {
  const video = await findVideo(step, itemIndex);
  if (video.status !== "COMPLETED") {
    throw new NodeOperationError(step.getNode(), `The video has no file: it is ${video.status}.`, {
      itemIndex,
      ...(video.error !== null && { description: `${video.error.code}: ${video.error.message}` }),
    });
  }
  return videoItem(step, video, String(step.getNodeParameter("outputField", itemIndex)));
}
