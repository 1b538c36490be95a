import { automationSteps, stepFields } from "@reelwire/core";
import { findVideoDocument } from "@reelwire/core/operations";
import { type Bundle, defineCreate, defineInputFields, type ZObject } from "zapier-platform-core";
import { ask } from "../ask-gateway.ts";
import { endedWithout } from "../finished-video.ts";
import { completedSample, videoOutputFields } from "../video-fields.ts";
import { worded } from "../video-input-fields.ts";
import { videoOutput } from "../video-output.ts";

const inputFields = defineInputFields([
  {
    key: "videoId",
    ...worded(stepFields.videoId),
    required: true,
    dynamic: "completedVideoChoices.id.name",
    search: "findVideo.id",
  },
]);

async function perform(z: ZObject, bundle: Bundle<{ videoId: string }>) {
  const { videoId } = bundle.inputData;
  const { video } = await ask(z, bundle, findVideoDocument, { id: videoId });
  if (video === null) throw new z.errors.HaltedError(`There is no video ${videoId}, or this API key does not see it.`);
  const failure = endedWithout(z, video);
  if (failure !== null) throw failure;
  if (video.url === null) throw new z.errors.HaltedError(`The video ${videoId} has no file yet: ${video.status}.`);
  return videoOutput(z, video);
}

/** Download Video File. */
export const downloadVideo = defineCreate({
  key: "downloadVideo",
  noun: "Video File",
  display: automationSteps.downloadVideo,
  operation: { inputFields, perform, outputFields: videoOutputFields, sample: completedSample },
});
