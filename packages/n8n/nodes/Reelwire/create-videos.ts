import type { Video } from "@reelwire/core/operations";
import type { IDataObject, IExecuteFunctions, INodeExecutionData } from "n8n-workflow";
import { failedJson, nodeError } from "../../gateway/node-error.ts";
import { videoItem } from "../../gateway/video-item.ts";
import { isFinished, videoJson } from "../../gateway/video-json.ts";
import { rememberAwaited } from "./awaited-video.ts";
import { createVideo } from "./create-video.ts";
import { readWaiting, type Waiting } from "./waiting.ts";

/** What became of one item: its video, or why there is none. */
type Made = { video: Video; reused: boolean } | { video: null; failed: IDataObject };

/** Makes the videos of all items, and falls asleep until all of them are finished, unless it is not to wait or all are already. */
export async function createVideos(step: IExecuteFunctions): Promise<INodeExecutionData[]> {
  const waiting = readWaiting(step);
  const made = await makeAll(step, waiting);
  if (waiting !== null && made.some(({ video }) => video !== null && !isFinished(video))) {
    return fallAsleep(step, made, waiting);
  }
  const output: INodeExecutionData[] = [];
  for (const [item, one] of made.entries()) {
    const file = waiting?.fileField(item) ?? null;
    const given =
      one.video === null ? { json: one.failed } : await videoItem(step, one.video, file, { reused: one.reused });
    output.push({ ...given, pairedItem: { item } });
  }
  return output;
}

async function makeAll(step: IExecuteFunctions, waiting: Waiting | null): Promise<Made[]> {
  const made: Made[] = [];
  for (const itemIndex of step.getInputData().keys()) {
    try {
      made.push(await createVideo(step, itemIndex, waiting?.callbackUrl ?? null));
    } catch (error) {
      const told = nodeError(step.getNode(), error, itemIndex);
      if (!step.continueOnFail()) throw told;
      made.push({ video: null, failed: failedJson(told) });
    }
  }
  return made;
}

/**
 * n8n wakes the node by a callback, or after the deadline. Then it goes on with what the node was given, as if that were its output: so
 * that the next step can tell, what it was given are from here on the videos as they are now, whose status is not a final one.
 */
async function fallAsleep(
  step: IExecuteFunctions,
  made: readonly Made[],
  { deadline, fileField }: Waiting,
): Promise<INodeExecutionData[]> {
  rememberAwaited(
    step,
    made.map((one, item) =>
      one.video === null
        ? { videoId: null, failed: one.failed }
        : { videoId: one.video.id, reused: one.reused, fileField: fileField(item) },
    ),
  );
  const items = step.getInputData();
  for (const [index, one] of made.entries()) {
    const item = items[index];
    if (item === undefined) continue;
    item.json = one.video === null ? one.failed : { ...videoJson(one.video), reused: one.reused };
    delete item.binary;
  }
  await step.putExecutionToWait(deadline);
  return items;
}
