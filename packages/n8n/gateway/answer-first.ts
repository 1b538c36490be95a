import type { Video } from "@reelwire/core/operations";
import type { IDataObject, INodeExecutionData, IWebhookFunctions } from "n8n-workflow";
import { videoItem } from "./video-item.ts";

/** The gateway waits ten seconds for an answer; what is looked at before it must take less. */
const LOOK_TIMEOUT_MS = 5_000;

/** How often a file is fetched before it is given up: after the answer nothing has it fetched again. */
const TRIES = 3;

/**
 * Answers what the gateway sent before files are fetched, which may take minutes: left without an answer the gateway sends the same again,
 * each time the file would be fetched once more, and a trigger would begin its workflow once more. That each file can be had is
 * looked at before, by its first byte, while what was sent can still be refused.
 */
export async function answerFirst(woken: IWebhookFunctions, urls: readonly string[]): Promise<void> {
  await Promise.all(
    urls.map((url) =>
      woken.helpers.httpRequest({
        method: "GET",
        url,
        headers: { range: "bytes=0-0" },
        encoding: "arraybuffer",
        timeout: LOOK_TIMEOUT_MS,
      }),
    ),
  );
  woken.getResponseObject().status(200).json({ message: "It is followed." });
}

/** A video with its file, after the answer; `null` where the file could not be had after all. */
export async function itemAfterAnswer(
  woken: IWebhookFunctions,
  video: Video,
  fileField: string,
  beside: IDataObject,
): Promise<INodeExecutionData | null> {
  for (let tried = 1; tried <= TRIES; tried += 1) {
    try {
      return await videoItem(woken, video, fileField, beside);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      woken.logger.warn(`The file of ${video.id} could not be fetched, ${tried} of ${TRIES} times: ${reason}`);
    }
  }
  return null;
}
