import { automationSteps, binaryFields } from "@reelwire/core";
import {
  type IExecuteFunctions,
  type INodeExecutionData,
  type INodeType,
  type INodeTypeDescription,
  type IWebhookFunctions,
  type IWebhookResponseData,
  NodeConnectionTypes,
} from "n8n-workflow";
import { parameter } from "../../fields/parameter.ts";
import { wording } from "../../fields/wording.ts";
import { failedJson, nodeError } from "../../gateway/node-error.ts";
import { getModels, searchVideos } from "./choices-from-gateway.ts";
import { createParameters } from "./create-parameters.ts";
import { createVideos } from "./create-videos.ts";
import { getManyParameters } from "./get-many-parameters.ts";
import { type ItemOperation, runOperation } from "./run-operation.ts";
import { videoParameter } from "./video-parameter.ts";
import { wakeUp } from "./wake-up.ts";

/** Makes videos, and finds, cancels and fetches them. */
export class Reelwire implements INodeType {
  description: INodeTypeDescription = {
    displayName: "Reelwire",
    name: "reelwire",
    icon: { light: "file:../../icons/reelwire.svg", dark: "file:../../icons/reelwire.dark.svg" },
    group: ["output"],
    version: 1,
    subtitle: '={{ $parameter["operation"] + ": " + $parameter["resource"] }}',
    description: "Make videos from prompts",
    defaults: { name: "Reelwire" },
    usableAsTool: true,
    inputs: [NodeConnectionTypes.Main],
    outputs: [NodeConnectionTypes.Main],
    credentials: [{ name: "reelwireApi", required: true }],
    // Where the gateway says that a video is finished: the address at which n8n wakes the execution.
    webhooks: [
      {
        name: "default",
        httpMethod: "POST",
        responseMode: "onReceived",
        responseData: "noData",
        path: "",
        restartWebhook: true,
        isFullPath: true,
      },
    ],
    properties: [
      {
        displayName: "Resource",
        name: "resource",
        type: "options",
        noDataExpression: true,
        options: [{ name: "Video", value: "video" }],
        default: "video",
      },
      {
        displayName: "Operation",
        name: "operation",
        type: "options",
        noDataExpression: true,
        displayOptions: { show: { resource: ["video"] } },
        options: [
          {
            name: "Cancel",
            value: "cancel",
            action: "Cancel a video",
            description: wording(automationSteps.cancelVideo.description),
          },
          {
            name: "Create",
            value: "create",
            action: "Create a video",
            description: wording(automationSteps.createVideo.description),
          },
          {
            name: "Download",
            value: "download",
            action: "Download a video",
            description: wording(automationSteps.downloadVideo.description),
          },
          {
            name: "Get",
            value: "get",
            action: "Get a video",
            description: wording(automationSteps.findVideo.description),
          },
          {
            name: "Get Many",
            value: "getAll",
            action: "Get many videos",
            description: wording(automationSteps.listVideos.description),
          },
        ],
        default: "create",
      },
      ...createParameters,
      videoParameter,
      parameter("outputField", binaryFields.outputField, {
        type: "string",
        default: "data",
        required: true,
        displayOptions: { show: { resource: ["video"], operation: ["download"] } },
      }),
      ...getManyParameters,
    ],
  };

  methods = { loadOptions: { getModels }, listSearch: { searchVideos } };

  // The address at which n8n wakes an execution is nothing to be registered; n8n's lint asks for these of every node with a webhook.
  webhookMethods = {
    default: {
      async checkExists(): Promise<boolean> {
        return true;
      },
      async create(): Promise<boolean> {
        return true;
      },
      async delete(): Promise<boolean> {
        return true;
      },
    },
  };

  async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
    const operation = this.getNodeParameter("operation", 0) as "create" | ItemOperation;
    if (operation === "create") return [await createVideos(this)];
    const output: INodeExecutionData[] = [];
    for (const itemIndex of this.getInputData().keys()) {
      const pairedItem = { item: itemIndex };
      try {
        const found = await runOperation(this, operation, itemIndex);
        output.push(...found.map((item) => ({ ...item, pairedItem })));
      } catch (error) {
        const told = nodeError(this.getNode(), error, itemIndex);
        if (!this.continueOnFail()) throw told;
        output.push({ json: failedJson(told), pairedItem });
      }
    }
    return [output];
  }

  async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
    return wakeUp(this);
  }
}
