import type { Video } from "@reelwire/core/operations";
import type { IDataObject, IExecuteFunctions, INodeExecutionData } from "n8n-workflow";
import { failedJson, nodeError } from "../../gateway/node-error.ts";
import { videoItem } from "../../gateway/video-item.ts";
import { isFinished, videoJson } from "../../gateway/video-json.ts";
import { rememberAwaited } from "./awaited-video.ts";
import { createVideo } from "./create-video.ts";

/** What became of one item: its video, or why there is none. */
type Made = { video: Video; failed: null } | { video: null; failed: IDataObject };

/** Makes the videos of all items, and falls asleep until all of them are finished, unless it is not to wait or all are already. */
export async function createVideos(step: IExecuteFunctions): Promise<INodeExecutionData[]> {
  const waits = !isTool(step) && step.getNodeParameter("waitMode", 0, "UNTIL_FINISHED") === "UNTIL_FINISHED";
  const callbackUrl = waits ? String(step.evaluateExpression("{{ $execution.resumeUrl }}", 0)) : null;
  const made = await makeAll(step, callbackUrl);
  const fileField = (itemIndex: number) =>
    waits ? String(step.getNodeParameter("outputField", itemIndex, "data") || "data") : null;
  if (waits && made.some(({ video }) => video !== null && !isFinished(video))) {
    return fallAsleep(step, made, fileField);
  }
  return Promise.all(
    made.map(async ({ video, failed }, item) => ({
      ...(video === null ? { json: failed } : await videoItem(step, video, fileField(item))),
      pairedItem: { item },
    })),
  );
}

/** An agent's tool; under either of n8n's ways to run one. */
function isTool(step: IExecuteFunctions): boolean {
  return step.isToolExecution() || step.getNode().type.endsWith("Tool");
}

async function makeAll(step: IExecuteFunctions, callbackUrl: string | null): Promise<Made[]> {
  const made: Made[] = [];
  for (const itemIndex of step.getInputData().keys()) {
    try {
      made.push({ video: (await createVideo(step, itemIndex, callbackUrl)).video, failed: null });
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
  fileField: (itemIndex: number) => string | null,
): Promise<INodeExecutionData[]> {
  rememberAwaited(
    step,
    made.map(({ video, failed }, item) => ({
      videoId: video?.id ?? null,
      failed,
      fileField: fileField(item) ?? "data",
    })),
  );
  const items = step.getInputData();
  for (const [index, { video, failed }] of made.entries()) {
    const item = items[index];
    if (item === undefined) continue;
    item.json = video === null ? failed : videoJson(video);
    delete item.binary;
  }
  const minutes = Number(step.getNodeParameter("deadlineMinutes", 0));
  await step.putExecutionToWait(new Date(Date.now() + minutes * 60_000));
  return items;
}
