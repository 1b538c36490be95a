import { HookContext } from "n8n-core";
import type { INode, INodeExecutionData, IWorkflowExecuteAdditionalData, Workflow } from "n8n-workflow";
import { NodeHelpers } from "./n8n-workflow.mts";
import { loadPackage } from "./node-types.mts";
import type { RunningN8n } from "./start-n8n.mts";

const TYPE = "n8n-nodes-reelwire.reelwireTrigger";

/** A workflow that begins with our trigger. */
export interface Trigger {
  /** What n8n keeps for it between its runs: as JSON. */
  staticData(): { webhookId?: string; secret?: string };
  /** Where deliveries go. */
  url: string;
  /** Asks whether it is subscribed, and subscribes it if it is not: what n8n does on publishing, and at every start of its own. */
  publish(): Promise<void>;
  /** What n8n does on deactivation. */
  unpublish(): Promise<void>;
  /** What the workflow was begun with, once for each time. */
  begun: INodeExecutionData[][];
}

/** The workflow as it is stored, and what n8n calls its nodes with. */
interface Parts {
  workflow: Workflow;
  node: INode;
  additionalData: IWorkflowExecuteAdditionalData;
}

/** @param parameters what is filled in of the node's form */
export async function newTrigger(n8n: RunningN8n, parameters: Record<string, unknown>): Promise<Trigger> {
  const { description, webhookMethods } = (await loadPackage()).node(TYPE);
  const webhookId = `hook-${n8n.receivers.size}`;
  const node = { ...n8n.node(parameters, { name: "When finished", type: TYPE, webhookId }) };
  node.parameters =
    NodeHelpers.getNodeParameters(description.properties, node.parameters, true, false, node, description) ?? {};
  const begun: INodeExecutionData[][] = [];
  let kept = "{}";

  /** Calls something of the node's, and stores what that did to its static data. */
  async function within<T>(call: (parts: Parts) => Promise<T>): Promise<T> {
    const workflow = n8n.workflow({ nodes: [node], connections: {} }, { [`node:${node.name}`]: JSON.parse(kept) });
    try {
      return await call({ workflow, node, additionalData: n8n.additionalData("none", n8n.saved([node], {})) });
    } finally {
      kept = JSON.stringify(workflow.getStaticData("node", node));
    }
  }

  const hook = (method: "checkExists" | "create" | "delete"): Promise<boolean> =>
    within(({ workflow, node, additionalData }) => {
      const [webhookDescription] = description.webhooks ?? [];
      if (webhookDescription === undefined) throw new Error("It has no webhook.");
      const context = new HookContext(workflow, node, additionalData, "trigger", "activate", {
        ...{ httpMethod: "POST", node: node.name, path: "webhook", webhookDescription, workflowId: "workflow-1" },
        workflowExecuteAdditionalData: additionalData,
      });
      return Reflect.apply(webhookMethods?.default?.[method] ?? Object, context, []);
    });

  const path = `/webhook/${webhookId}/webhook`;
  n8n.receivers.set(path, (received) =>
    within(async ({ workflow, node, additionalData }) => {
      const { answer, workflowData } = await n8n.callWebhook(node, workflow, additionalData, null, received);
      begun.push(...(workflowData ?? []).map((items) => items ?? []));
      return answer;
    }),
  );
  return {
    ...{ staticData: () => JSON.parse(kept), begun, url: `${n8n.url}${path}` },
    async publish() {
      if (!(await hook("checkExists"))) await hook("create");
    },
    async unpublish() {
      await hook("delete");
    },
  };
}
