import { FINAL_STATUSES, stepFields, VIDEO_STATUSES, type VideoStatus } from "@reelwire/core";
import { listModelsDocument, listVideosDocument, type Video } from "@reelwire/core/operations";
import { type Bundle, defineTrigger, type ZObject } from "zapier-platform-core";
import { ask } from "../ask-gateway.ts";

/** How much of a prompt a dropdown shows. */
const SHOWN_CHARACTERS = 80;

/** How many videos a dropdown shows before more are asked for. */
const PAGE = 50;

/** The models, for dropdowns. */
export const modelChoices = defineTrigger({
  key: "modelChoices",
  noun: "Model",
  display: { label: "Models", description: "Triggers when a model is there to be chosen.", hidden: true },
  operation: {
    type: "polling",
    async perform(z: ZObject, bundle: Bundle) {
      const { models } = await ask(z, bundle, listModelsDocument, {});
      return models.map(({ id, name }) => ({ id, name }));
    },
    outputFields: [
      { key: "id", label: "ID", primary: true },
      { key: "name", label: "Name" },
    ],
    sample: { id: "google/veo-3.1-lite-generate-001", name: "Veo 3.1 Lite" },
  },
});

/** All videos, for dropdowns. */
export const videoChoices = choicesOf("videoChoices", "Videos", VIDEO_STATUSES);

/** The videos that can be canceled, for dropdowns. */
export const unfinishedVideoChoices = choicesOf(
  "unfinishedVideoChoices",
  "Unfinished Videos",
  VIDEO_STATUSES.filter((status) => !FINAL_STATUSES.some((final) => final === status)),
);

/** The videos that have a file, for dropdowns. */
export const completedVideoChoices = choicesOf("completedVideoChoices", "Completed Videos", ["COMPLETED"]);

function choicesOf(key: string, label: string, status: readonly VideoStatus[]) {
  /** The newest first, a page at a time: where the next one begins is kept by Zapier. */
  async function perform(z: ZObject, bundle: Bundle) {
    const isFirst = !bundle.meta?.page;
    const after = isFirst ? null : await z.cursor.get();
    if (!isFirst && !after) return [];
    const { videos } = await ask(z, bundle, listVideosDocument, { first: PAGE, after, filter: { status } });
    const { hasNextPage, endCursor } = videos.pageInfo;
    // An empty one is none.
    await z.cursor.set((hasNextPage && endCursor) || "");
    return videos.nodes.map((video) => ({ id: video.id, name: nameOf(video) }));
  }
  return defineTrigger({
    key,
    noun: "Video",
    display: { label, description: "Triggers when a video is there to be chosen.", hidden: true },
    operation: {
      type: "polling",
      perform,
      canPaginate: true,
      outputFields: [
        { key: "id", label: "ID", primary: true },
        { key: "name", label: "Name" },
      ],
      sample: { id: stepFields.videoId.sample, name: "A paper boat sails down a rainy street (order-1042)" },
    },
  });
}

/** By what people know a video again: what it shows, and their own id for it. */
function nameOf({ prompt, externalId }: Video): string {
  const words = prompt.trim().replace(/\s+/g, " ");
  const shown = words.length > SHOWN_CHARACTERS ? `${words.slice(0, SHOWN_CHARACTERS - 1)}…` : words;
  return externalId === null ? shown : `${shown} (${externalId})`;
}
