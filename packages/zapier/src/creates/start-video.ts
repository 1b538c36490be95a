import { automationSteps, stepOutputFields } from "@reelwire/core";
import { type Bundle, defineCreate, type ZObject } from "zapier-platform-core";
import { makeVideo } from "../make-video.ts";
import { acceptedSample, videoOutputFields } from "../video-fields.ts";
import { videoInputFields } from "../video-input-fields.ts";
import { videoOutput } from "../video-output.ts";

const key = "startVideo";

async function perform(z: ZObject, bundle: Bundle) {
  const { video, reused } = await makeVideo(z, bundle, { action: key });
  return { ...videoOutput(z, video), reused };
}

/** Start Video: does not wait. */
export const startVideo = defineCreate({
  key,
  noun: "Video",
  display: automationSteps.startVideo,
  operation: {
    inputFields: videoInputFields,
    perform,
    outputFields: [...videoOutputFields, { key: "reused", label: stepOutputFields.reused.label, type: "boolean" }],
    sample: { ...acceptedSample, reused: stepOutputFields.reused.sample },
  },
});
