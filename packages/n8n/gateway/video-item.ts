import type { Video } from "@reelwire/core/operations";
import type { IDataObject, IExecuteFunctions, INodeExecutionData, IWebhookFunctions } from "n8n-workflow";
import { downloadFile } from "./download-file.ts";
import { videoJson } from "./video-json.ts";

/** A video as an item; where it is completed and a field is given, with its file in that. `beside`: what the item has besides. */
export async function videoItem(
  asking: IExecuteFunctions | IWebhookFunctions,
  video: Video,
  fileField: string | null,
  beside: IDataObject = {},
): Promise<INodeExecutionData> {
  const json = { ...videoJson(video), ...beside };
  if (fileField === null || video.url === null) return { json };
  return { json, binary: { [fileField]: await downloadFile(asking, video.id, video.url) } };
}
