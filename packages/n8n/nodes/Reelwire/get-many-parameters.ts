import { createVideoFields, enumValues, stepFields } from "@reelwire/core";
import type { INodeProperties } from "n8n-workflow";
import { choices, parameter } from "../../fields/parameter.ts";

const show = { resource: ["video"], operation: ["getAll"] };

/** What Get Many takes. */
export const getManyParameters: INodeProperties[] = [
  // The words of these two are n8n's, the same in every node.
  {
    displayName: "Return All",
    name: "returnAll",
    type: "boolean",
    default: false,
    description: "Whether to return all results or only up to a given limit",
    displayOptions: { show },
  },
  {
    displayName: "Limit",
    name: "limit",
    type: "number",
    typeOptions: { minValue: 1 },
    default: 50,
    description: "Max number of results to return",
    displayOptions: { show: { ...show, returnAll: [false] } },
  },
  {
    displayName: "Filters",
    name: "filters",
    type: "collection",
    placeholder: "Add Filter",
    default: {},
    displayOptions: { show },
    options: [
      parameter("createdAfter", stepFields.createdAfter, { type: "dateTime", default: "" }),
      parameter("createdBefore", stepFields.createdBefore, { type: "dateTime", default: "" }),
      parameter("externalId", stepFields.findByExternalId, { type: "string", default: "" }),
      parameter("idempotencyKey", createVideoFields.idempotencyKey, { type: "string", default: "" }),
      parameter("search", stepFields.search, { type: "string", default: "" }),
      parameter("status", stepFields.status, {
        type: "multiOptions",
        default: [],
        options: choices(enumValues.VideoStatus),
      }),
    ],
  },
];
