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
  const own: Record<string, INodeType> = { "test.start": new Start(), "test.end": new End() };
  const node = (name: string): INodeType => {
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
