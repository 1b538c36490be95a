import { binaryFields, createWebhookFields as fields, webhookEnumValues } from "@reelwire/core";
import type { INodeProperties } from "n8n-workflow";
import { choices, parameter } from "../../fields/parameter.ts";

/** What the trigger is told of, and whether it fetches files. */
export const triggerParameters: INodeProperties[] = [
  parameter("events", fields.events, {
    type: "multiOptions",
    required: true,
    default: ["VIDEO_FINISHED"],
    options: choices(webhookEnumValues.WebhookEvent),
  }),
  {
    displayName: fields.filter.label,
    name: "filter",
    type: "collection",
    placeholder: "Add Filter",
    default: {},
    options: [
      parameter("externalIdPrefix", fields.externalIdPrefix, { type: "string", default: "" }),
      parameter("model", fields.filterModel, { type: "string", default: "" }),
      parameter("subject", fields.filterSubject, { type: "string", default: "" }),
    ],
  },
  parameter("downloadFile", binaryFields.downloadFile, { type: "boolean", default: false }),
  parameter("outputField", binaryFields.outputField, {
    type: "string",
    default: "data",
    displayOptions: { show: { downloadFile: [true] } },
  }),
];
