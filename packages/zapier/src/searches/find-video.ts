import { automationSteps, stepFields } from "@reelwire/core";
import { findVideoDocument, listVideosDocument, type Video } from "@reelwire/core/operations";
import { type Bundle, defineInputFields, defineSearch, type ZObject } from "zapier-platform-core";
import { ask } from "../ask-gateway.ts";
import { completedSample, videoOutputFields } from "../video-fields.ts";
import { worded } from "../video-input-fields.ts";
import { videoOutput } from "../video-output.ts";

const inputFields = defineInputFields([
  { key: "id", ...worded(stepFields.findById), dynamic: "videoChoices.id.name" },
  { key: "externalId", ...worded(stepFields.findByExternalId) },
]);

type Wanted = Partial<Record<"id" | "externalId", string>>;

async function find(z: ZObject, bundle: Bundle<Wanted>): Promise<Video | null> {
  const { id, externalId } = bundle.inputData;
  if (id) {
    const { video } = await ask(z, bundle, findVideoDocument, { id });
    return externalId && video?.externalId !== externalId ? null : video;
  }
  if (!externalId) throw new z.errors.HaltedError("Give the video's id, or your own id for it.");
  const { videos } = await ask(z, bundle, listVideosDocument, { first: 1, filter: { externalId } });
  return videos.nodes[0] ?? null;
}

async function perform(z: ZObject, bundle: Bundle<Wanted>) {
  const video = await find(z, bundle);
  return video === null ? [] : [videoOutput(z, video)];
}

/** Find Video: finds nothing without an error, which Zapier lets people decide about. */
export const findVideo = defineSearch({
  key: "findVideo",
  noun: "Video",
  display: automationSteps.findVideo,
  operation: { inputFields, perform, outputFields: videoOutputFields, sample: completedSample },
});
