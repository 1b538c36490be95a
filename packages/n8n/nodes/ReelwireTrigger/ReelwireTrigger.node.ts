import {
  type IHookFunctions,
  type INodeType,
  type INodeTypeDescription,
  type IWebhookFunctions,
  type IWebhookResponseData,
  NodeConnectionTypes,
} from "n8n-workflow";
import { nodeError } from "../../gateway/node-error.ts";
import { receiveDelivery } from "./receive-delivery.ts";
import { isSubscribed, subscribe, unsubscribe } from "./subscription.ts";
import { triggerParameters } from "./trigger-parameters.ts";

/** Begins a workflow when a video is finished. */
export class ReelwireTrigger implements INodeType {
  description: INodeTypeDescription = {
    displayName: "Reelwire Trigger",
    name: "reelwireTrigger",
    icon: { light: "file:../../icons/reelwire.svg", dark: "file:../../icons/reelwire.dark.svg" },
    group: ["trigger"],
    version: 1,
    subtitle: '={{ $parameter["events"].join(", ") }}',
    description: "Starts the workflow when a video is finished",
    defaults: { name: "Reelwire Trigger" },
    inputs: [],
    outputs: [NodeConnectionTypes.Main],
    credentials: [{ name: "reelwireApi", required: true }],
    webhooks: [
      { name: "default", httpMethod: "POST", responseMode: "onReceived", responseData: "noData", path: "webhook" },
    ],
    properties: triggerParameters,
  };

  webhookMethods = {
    default: {
      async checkExists(this: IHookFunctions): Promise<boolean> {
        try {
          return await isSubscribed(this);
        } catch (error) {
          throw nodeError(this.getNode(), error);
        }
      },
      async create(this: IHookFunctions): Promise<boolean> {
        try {
          await subscribe(this);
          return true;
        } catch (error) {
          throw nodeError(this.getNode(), error);
        }
      },
      async delete(this: IHookFunctions): Promise<boolean> {
        await unsubscribe(this);
        return true;
      },
    },
  };

  async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
    return receiveDelivery(this);
  }
}
