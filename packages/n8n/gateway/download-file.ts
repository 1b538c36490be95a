import type { IBinaryData, IExecuteFunctions, IWebhookFunctions } from "n8n-workflow";

/** Ten minutes: files are of some megabytes, and lines may be slow. */
const TIMEOUT_MS = 600_000;

/** Fetches the file of a video, as n8n keeps files. Its address is as good as a key, so that none is sent. */
export async function downloadFile(
  asking: IExecuteFunctions | IWebhookFunctions,
  videoId: string,
  url: string,
): Promise<IBinaryData> {
  const file = await asking.helpers.httpRequest({ method: "GET", url, encoding: "arraybuffer", timeout: TIMEOUT_MS });
  return asking.helpers.prepareBinaryData(Buffer.from(file), `${videoId}.mp4`, "video/mp4");
}
