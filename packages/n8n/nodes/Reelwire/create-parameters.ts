import {
  automationEnumValues,
  binaryFields,
  enumValues,
  createVideoFields as fields,
  VEO_3_1_LITE,
  waitFields,
} from "@reelwire/core";
import type { INodeProperties } from "n8n-workflow";
import { choices, parameter } from "../../fields/parameter.ts";

const show = { resource: ["video"], operation: ["create"] };

// n8n asks that the parts of a collection be in the order of the alphabet.
const optional: INodeProperties[] = [
  parameter("aspectRatio", fields.aspectRatio, {
    type: "options",
    default: "LANDSCAPE_16_9",
    options: choices(enumValues.AspectRatio),
  }),
  parameter("durationSeconds", fields.durationSeconds, {
    type: "options",
    default: 8,
    options: VEO_3_1_LITE.durationsSeconds.map((seconds) => ({ name: String(seconds), value: seconds })),
  }),
  parameter("externalId", fields.externalId, { type: "string", default: "" }),
  parameter("imageUrl", fields.imageUrl, { type: "string", default: "" }),
  parameter("imageField", binaryFields.imageField, { type: "string", default: "", placeholder: "e.g. data" }),
  parameter("idempotencyKey", fields.idempotencyKey, { type: "string", default: "" }),
  parameter("lastImageUrl", fields.lastImageUrl, { type: "string", default: "" }),
  parameter("lastImageField", binaryFields.lastImageField, { type: "string", default: "", placeholder: "e.g. data" }),
  parameter("maxUsd", fields.maxUsd, { type: "number", default: 1, typeOptions: { minValue: 0, numberPrecision: 6 } }),
  parameter("personGeneration", fields.personGeneration, {
    type: "options",
    default: "ALLOW_ADULT",
    options: choices(enumValues.PersonGeneration),
  }),
  parameter("resolution", fields.resolution, {
    type: "options",
    default: "P720",
    options: choices(enumValues.Resolution),
  }),
  parameter("generateAudio", fields.generateAudio, { type: "boolean", default: true }),
].sort((a, b) => a.displayName.localeCompare(b.displayName));

/** What Create takes. */
export const createParameters: INodeProperties[] = [
  parameter("prompt", fields.prompt, {
    type: "string",
    typeOptions: { rows: 4 },
    default: "",
    required: true,
    placeholder: `e.g. ${fields.prompt.sample}`,
    displayOptions: { show },
  }),
  {
    // The label and the end of the description are n8n's for every list that is loaded.
    displayName: `${fields.model.label} Name or ID`,
    name: "model",
    type: "options",
    typeOptions: { loadOptionsMethod: "getModels" },
    default: "",
    description:
      'Which model makes the video. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
    displayOptions: { show },
  },
  // An agent's tool is not to fall asleep in the middle of an answer: there it never waits, and Get tells the rest.
  parameter("waitMode", waitFields.waitMode, {
    type: "options",
    noDataExpression: true,
    default: "UNTIL_FINISHED",
    options: choices(automationEnumValues.WaitMode),
    displayOptions: { show: { ...show, "@tool": [false] } },
  }),
  parameter("deadlineMinutes", waitFields.deadlineMinutes, {
    type: "number",
    noDataExpression: true,
    default: waitFields.deadlineMinutes.sample,
    typeOptions: { minValue: 1 },
    displayOptions: { show: { ...show, "@tool": [false], waitMode: ["UNTIL_FINISHED"] } },
  }),
  parameter("outputField", binaryFields.outputField, {
    type: "string",
    default: "data",
    displayOptions: { show: { ...show, "@tool": [false], waitMode: ["UNTIL_FINISHED"] } },
  }),
  {
    displayName: "Additional Fields",
    name: "additionalFields",
    type: "collection",
    placeholder: "Add Field",
    default: {},
    options: optional,
    displayOptions: { show },
  },
];
