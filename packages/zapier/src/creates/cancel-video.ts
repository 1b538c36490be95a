import { automationSteps, stepFields, stepOutputFields } from "@reelwire/core";
import { cancelVideoDocument } from "@reelwire/core/operations";
import { type Bundle, defineCreate, defineInputFields, type ZObject } from "zapier-platform-core";
import { ask } from "../ask-gateway.ts";
import { canceledSample, videoOutputFields } from "../video-fields.ts";
import { worded } from "../video-input-fields.ts";
import { videoOutput } from "../video-output.ts";

const inputFields = defineInputFields([
  {
    key: "videoId",
    ...worded(stepFields.videoId),
    required: true,
    dynamic: "unfinishedVideoChoices.id.name",
    search: "findVideo.id",
  },
]);

async function perform(z: ZObject, bundle: Bundle<{ videoId: string }>) {
  const { videoId } = bundle.inputData;
  const { cancelVideo: canceled } = await ask(z, bundle, cancelVideoDocument, { id: videoId });
  return { ...videoOutput(z, canceled.video), upstreamMayStillCharge: canceled.upstreamMayStillCharge };
}

/** Cancel Video. */
export const cancelVideo = defineCreate({
  key: "cancelVideo",
  noun: "Video",
  display: automationSteps.cancelVideo,
  operation: {
    inputFields,
    perform,
    outputFields: [
      ...videoOutputFields,
      { key: "upstreamMayStillCharge", label: stepOutputFields.upstreamMayStillCharge.label, type: "boolean" },
    ],
    sample: { ...canceledSample, upstreamMayStillCharge: stepOutputFields.upstreamMayStillCharge.sample },
  },
});
