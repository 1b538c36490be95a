import { fileURLToPath } from "node:url";
import { PackageDirectoryLoader } from "n8n-core";
import type { ICredentialType, IExecuteFunctions, INodeType, INodeTypeDescription, INodeTypes } from "n8n-workflow";
import { NodeConnectionTypes } from "./n8n-workflow.mts";

const PACKAGE = fileURLToPath(new URL("../..", import.meta.url));

/** What n8n has loaded of a package of nodes, as it loads those that people install. */
export interface LoadedPackage {
  nodeTypes: INodeTypes;
  node(name: string): INodeType;
  credential(name: string): ICredentialType;
}

/** Loads a package that is built, and adds the two nodes that the tests put around ours. */
export async function loadPackage(directory = PACKAGE): Promise<LoadedPackage> {
  const loader = new PackageDirectoryLoader(directory);
  await loader.loadAll();
  const own: Record<string, INodeType> = {
    "test.start": new Start(),
    "test.end": new End(),
    "test.agent": new Agent(),
  };
  const node = (name: string): INodeType => {
    if (name.endsWith("Tool")) return asTool(node(name.replace(/Tool$/, "")));
    const found = own[name] ?? loader.getNode(name.replace(/^n8n-nodes-reelwire\./, "")).type;
    if (!("execute" in found || "webhook" in found)) throw new Error(`${name} is no node.`);
    return found as INodeType;
  };
  return {
    node,
    credential: (name) => loader.getCredential(name).type,
    nodeTypes: { getByName: node, getByNameAndVersion: node, getKnownTypes: () => loader.known.nodes },
  };
}

/** As n8n's server makes a tool of a node that is usable as one (`convertNodeToAiTool`). */
function asTool(node: INodeType): INodeType {
  if (!node.description.usableAsTool) throw new Error(`${node.description.name} is not usable as a tool.`);
  const { usableAsTool: _, ...description } = node.description;
  const outputs = [NodeConnectionTypes.AiTool];
  return Object.assign(Object.create(node), {
    description: { ...description, name: `${description.name}Tool`, inputs: [], outputs },
  });
}

const plain = (name: string) => ({
  displayName: name,
  name,
  group: ["transform" as const],
  version: 1,
  description: "",
  defaults: { name },
  inputs: [NodeConnectionTypes.Main],
  outputs: [NodeConnectionTypes.Main],
  properties: [],
});

/** Gives what the execution was begun with. */
class Start implements INodeType {
  description: INodeTypeDescription = plain("start");
  async execute(this: IExecuteFunctions) {
    return [this.getInputData()];
  }
}

/** The next step: it takes what it is given. */
class End implements INodeType {
  description: INodeTypeDescription = plain("end");
  async execute(this: IExecuteFunctions) {
    return [this.getInputData().map((item, index) => ({ ...item, pairedItem: { item: index } }))];
  }
}

/** What has tools. */
class Agent implements INodeType {
  description: INodeTypeDescription = {
    ...plain("agent"),
    inputs: [NodeConnectionTypes.Main, NodeConnectionTypes.AiTool],
  };
  async execute(this: IExecuteFunctions) {
    return [this.getInputData()];
  }
}
