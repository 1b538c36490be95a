import { automationSteps, enumValues, stepFields, stepOutputFields, VIDEO_STATUSES } from "@reelwire/core";
import { listVideosDocument } from "@reelwire/core/operations";
import { type Bundle, defineInputFields, defineSearch, type ZObject } from "zapier-platform-core";
import { ask } from "../ask-gateway.ts";
import { completedSample, videoOutputFields } from "../video-fields.ts";
import { worded } from "../video-input-fields.ts";
import { videoOutput } from "../video-output.ts";

const inputFields = defineInputFields([
  {
    key: "status",
    ...worded(stepFields.status),
    list: true,
    choices: VIDEO_STATUSES.map((value) => ({ value, sample: value, label: enumValues.VideoStatus[value].label })),
  },
  { key: "search", ...worded(stepFields.search) },
  { key: "createdAfter", ...worded(stepFields.createdAfter), type: "datetime" },
  { key: "createdBefore", ...worded(stepFields.createdBefore), type: "datetime" },
  { key: "limit", ...worded(stepFields.limit), type: "integer", default: String(stepFields.limit.sample) },
]);

interface Wanted extends Record<string, unknown> {
  status?: string[];
  search?: string;
  createdAfter?: string;
  createdBefore?: string;
  limit?: number;
}

/** One result with all of them in it: of several results Zapier would take the first alone. */
async function perform(z: ZObject, bundle: Bundle<Wanted>) {
  const { status, limit = stepFields.limit.sample, ...filter } = bundle.inputData;
  const { search, createdAfter, createdBefore } = filter;
  const statuses = status && VIDEO_STATUSES.filter((one) => status.includes(one));
  const { videos } = await ask(z, bundle, listVideosDocument, {
    first: limit,
    filter: { status: statuses?.length ? statuses : null, search, createdAfter, createdBefore },
  });
  if (videos.nodes.length === 0) return [];
  return [{ count: videos.nodes.length, videos: videos.nodes.map((video) => videoOutput(z, video)) }];
}

/** List Videos: the newest, as line items. */
export const listVideos = defineSearch({
  key: "listVideos",
  noun: "Videos",
  display: automationSteps.listVideos,
  operation: {
    inputFields,
    perform,
    outputFields: [
      { key: "count", label: stepOutputFields.count.label, type: "integer" },
      ...videoOutputFields.map(({ primary: _, ...field }) => ({ ...field, key: `videos[]${field.key}` })),
    ],
    sample: { count: 1, videos: [completedSample] },
  },
});
