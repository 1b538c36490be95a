import { once } from "node:events";
import { createServer } from "node:http";
import { ExecuteContext, RoutingNode } from "n8n-core";
import type { INodeType } from "n8n-workflow";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createRunExecutionData, Workflow } from "./n8n/n8n-workflow.mts";
import { type LoadedPackage, loadPackage } from "./n8n/node-types.mts";
import { type RunningN8n, startN8n } from "./n8n/start-n8n.mts";
import { type RunningGateway, startGateway } from "./start-gateway.mts";

// The test of a connection, as n8n's `CredentialsTester` does it: its request through n8n-core's `RoutingNode`, and then its rules.

let gateway: RunningGateway;
let n8n: RunningN8n;
let loaded: LoadedPackage;

beforeAll(async () => {
  gateway = await startGateway();
  n8n = await startN8n(gateway.url, gateway.apiKey);
  loaded = await loadPackage();
});
afterAll(async () => {
  await n8n[Symbol.asyncDispose]();
  await gateway[Symbol.asyncDispose]();
});

async function connect(url: string, apiKey: string): Promise<string> {
  Object.assign(n8n.credential.data, { url, apiKey });
  const { test } = loaded.credential("reelwireApi");
  if (test === undefined) throw new Error("It has no test.");
  const node = { ...n8n.node({}), parameters: {} };
  const routing = { request: test.request };
  const nodeType: INodeType = {
    description: {
      ...loaded.node(node.type).description,
      properties: [{ displayName: "Temp", name: "temp", type: "string", default: "", routing }],
    },
  };
  const nodeTypes = { ...loaded.nodeTypes, getByNameAndVersion: () => nodeType };
  const workflow = new Workflow({ nodes: [node], connections: {}, active: false, nodeTypes });
  const additionalData = n8n.additionalData("none", n8n.saved([node], {}));
  const context = new ExecuteContext(
    workflow,
    node,
    additionalData,
    "internal",
    createRunExecutionData({}),
    0,
    [],
    { main: [[{ json: {} }]] },
    { node, data: {}, source: null },
    [],
  );
  const decrypted = { id: "1", name: "Gateway", type: "reelwireApi", data: { url, apiKey } };
  try {
    const output = await new RoutingNode(context, nodeType, decrypted).runNode();
    const answer = output?.[0]?.[0]?.json;
    for (const { properties } of test.rules ?? []) {
      if ("key" in properties && get(answer, properties.key) === properties.value) return properties.message;
    }
    return "Connection successful!";
  } catch (error) {
    return String((error as { cause?: { code?: string } }).cause?.code);
  }
}

/** As lodash's, of which n8n's tester has it. */
function get(value: unknown, path: string): unknown {
  const steps = path.split(/[.[\]]+/).filter((step) => step !== "");
  return steps.reduce<unknown>((at, step) => Object(at)[step], value);
}

test("a good key connects, however the address is written", async () => {
  for (const end of ["", "/", "/graphql", "/graphql/"]) {
    expect(await connect(`${gateway.url}${end}`, gateway.apiKey)).toBe("Connection successful!");
  }
});

test("a key that the gateway does not know is told so", async () => {
  expect(await connect(gateway.url, "rwk_nonsense")).toBe("The gateway does not know this API key.");
});

test("a key that lacks a scope is told so", async () => {
  const message = "The API key lacks one of the scopes videos:read and webhooks.";
  expect(await connect(gateway.url, await gateway.newKey(["VIDEOS_READ"]))).toBe(message);
  expect(await connect(gateway.url, await gateway.newKey(["WEBHOOKS"]))).toBe(message);
});

test("what is no gateway does not connect", async () => {
  const nobody = createServer((_request, response) => response.writeHead(404).end("Nothing here")).listen(
    0,
    "127.0.0.1",
  );
  await once(nobody, "listening");
  const address = nobody.address();
  const url = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
  expect(await connect(url, gateway.apiKey)).toBe("No gateway answers at this address.");
  nobody.closeAllConnections();
  nobody.close();
  await once(nobody, "close");
  expect(await connect(url, gateway.apiKey)).toBe("ECONNREFUSED");
});
