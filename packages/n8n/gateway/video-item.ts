import type { Video } from "@reelwire/core/operations";
import type { IExecuteFunctions, INodeExecutionData, IWebhookFunctions } from "n8n-workflow";
import { downloadFile } from "./download-file.ts";
import { videoJson } from "./video-json.ts";

/** A video as an item; where it is completed and a field is given, with its file in that. */
export async function videoItem(
  asking: IExecuteFunctions | IWebhookFunctions,
  video: Video,
  fileField: string | null,
): Promise<INodeExecutionData> {
  const item: INodeExecutionData = { json: videoJson(video) };
  if (fileField !== null && video.url !== null)
    item.binary = { [fileField]: await downloadFile(asking, video.id, video.url) };
  return item;
}
