import { automationSteps, stepOutputFields } from "@reelwire/core";
import { findVideoDocument } from "@reelwire/core/operations";
import { type Bundle, defineCreate, type ZObject } from "zapier-platform-core";
import { ask } from "../ask-gateway.ts";
import { endedWithout } from "../finished-video.ts";
import { makeVideo } from "../make-video.ts";
import { completedSample, videoOutputFields } from "../video-fields.ts";
import { videoInputFields } from "../video-input-fields.ts";
import { videoOutput } from "../video-output.ts";

const key = "createVideo";

/** How long Zapier waits before it looks again, where it was called and the video is not finished. */
const LOOK_AGAIN_SECONDS = 60;

/** Makes the video and puts the run to sleep, until the gateway calls. A test in the editor does not wait. */
async function perform(z: ZObject, bundle: Bundle) {
  const callbackUrl = bundle.meta?.isLoadingSample === true ? undefined : z.generateCallbackUrl();
  const { video, reused } = await makeVideo(z, bundle, { action: key, callbackUrl });
  return { ...videoOutput(z, video), reused };
}

/** Whoever called, the gateway is asked: what is in the call is believed in nothing. */
async function performResume(z: ZObject, bundle: Bundle) {
  const { id, reused } = started(z, bundle);
  const { video } = await ask(z, bundle, findVideoDocument, { id });
  if (video === null) throw new z.errors.HaltedError(`The video ${id} is not there any more.`);
  if (video.finishedAt === null) {
    throw new z.errors.ThrottledError(`The video ${id} is not finished: ${video.status}.`, LOOK_AGAIN_SECONDS);
  }
  const failure = endedWithout(z, video);
  if (failure !== null) throw failure;
  return { ...videoOutput(z, video), reused };
}

/** What `perform` gave before the run was put to sleep. */
function started({ errors }: ZObject, { outputData }: Bundle): { id: string; reused: boolean } {
  if (outputData && "id" in outputData && typeof outputData.id === "string") {
    return { id: outputData.id, reused: "reused" in outputData && outputData.reused === true };
  }
  throw new errors.HaltedError("This run began no video.");
}

/** Create Video: waits until the video is finished. */
export const createVideo = defineCreate({
  key,
  noun: "Video",
  display: automationSteps.createVideo,
  operation: {
    inputFields: videoInputFields,
    perform,
    performResume,
    outputFields: [...videoOutputFields, { key: "reused", label: stepOutputFields.reused.label, type: "boolean" }],
    sample: { ...completedSample, reused: stepOutputFields.reused.sample },
  },
});
