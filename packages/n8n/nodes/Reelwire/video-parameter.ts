import { createVideoFields, stepFields } from "@reelwire/core";
import type { INodeProperties } from "n8n-workflow";
import { parameter } from "../../fields/parameter.ts";
import { wording } from "../../fields/wording.ts";

/** Which video: out of a list, by its id, or by one's own id for it. */
export const videoParameter: INodeProperties = parameter("videoId", stepFields.videoId, {
  type: "resourceLocator",
  default: { mode: "list", value: "" },
  required: true,
  displayOptions: { show: { resource: ["video"], operation: ["get", "cancel", "download"] } },
  modes: [
    {
      displayName: "From List",
      name: "list",
      type: "list",
      typeOptions: { searchListMethod: "searchVideos", searchable: true },
    },
    {
      displayName: "By ID",
      name: "id",
      type: "string",
      hint: wording(stepFields.findById.description),
      placeholder: `e.g. ${stepFields.findById.sample}`,
    },
    {
      displayName: `By ${createVideoFields.externalId.label}`,
      name: "externalId",
      type: "string",
      hint: wording(stepFields.findByExternalId.description),
      placeholder: `e.g. ${stepFields.findByExternalId.sample}`,
    },
  ],
});
