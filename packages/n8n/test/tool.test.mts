import { ExecuteContext } from "n8n-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { outputOf } from "./n8n/execution.mts";
import { createRunExecutionData, NodeHelpers } from "./n8n/n8n-workflow.mts";
import { type LoadedPackage, loadPackage } from "./n8n/node-types.mts";
import { type RunningN8n, startN8n } from "./n8n/start-n8n.mts";
import { type RunningGateway, startGateway } from "./start-gateway.mts";

// The node as an agent's tool: under either of the ways in which n8n runs one.

const TOOL = "n8n-nodes-reelwire.reelwireTool";

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

interface Tool {
  name: string;
  description: string;
  invoke(given: object): Promise<string>;
}

/** What an agent has in hand where our node is connected to it. */
async function toolOf(parameters: Record<string, unknown>): Promise<Tool> {
  const tool = n8n.node(parameters, { name: "Videos", type: TOOL });
  const agent = { ...n8n.node({}), name: "Agent", type: "test.agent" };
  const connections = { Videos: { ai_tool: [[{ node: "Agent", type: "ai_tool" as const, index: 0 }]] } };
  const workflow = n8n.workflow({ nodes: [tool, agent], connections });
  const items = [{ json: {} }];
  const executeData = { node: agent, data: { main: [items] }, source: null };
  const context = new ExecuteContext(
    workflow,
    agent,
    n8n.additionalData("7", n8n.saved([tool, agent], connections)),
    "trigger",
    createRunExecutionData({ executionData: {} }),
    0,
    items,
    { main: [items] },
    executeData,
    [],
  );
  const [found] = (await context.getInputConnectionData("ai_tool", 0)) as Tool[];
  if (found === undefined) throw new Error("The agent has no tool.");
  return found;
}

const create = {
  operation: "create",
  prompt: "={{ $fromAI('prompt', 'What the video shows', 'string') }}",
  model: "",
  additionalFields: {},
};

test("an agent begins a video without falling asleep, and asks for it afterwards", async () => {
  const tool = await toolOf(create);
  expect(tool).toMatchObject({ name: "Videos", description: expect.stringMatching(/Create a video|create/i) });
  const [begun] = JSON.parse(await tool.invoke({ prompt: "A boat for an agent" }));
  expect(begun).toMatchObject({ prompt: "A boat for an agent", finishedAt: null });

  await gateway.finish("A boat for an agent");
  await gateway.ended(begun.id);
  const videoId = { __rl: true, mode: "id", value: "={{ $fromAI('id', '', 'string') }}" };
  const get = await toolOf({ operation: "get", videoId });
  expect(JSON.parse(await get.invoke({ id: begun.id }))).toMatchObject([{ id: begun.id, status: "COMPLETED" }]);
});

test("an agent that uses the tool twice makes two videos", async () => {
  const [first, second] = [await toolOf(create), await toolOf(create)];
  const [cat] = JSON.parse(await first.invoke({ prompt: "A cat for an agent" }));
  const [dog] = JSON.parse(await second.invoke({ prompt: "A dog for an agent" }));
  expect(cat.id).not.toBe(dog.id);
});

test("where n8n runs the tool as a node of its own it does not fall asleep either", async () => {
  const execution = await n8n.run({
    parameters: { ...create, prompt: "A boat beside an agent" },
    settings: { type: TOOL },
  });
  expect(execution.status).toBe("success");
  expect(outputOf(execution)).toMatchObject([{ json: { prompt: "A boat beside an agent", finishedAt: null } }]);
});

test("what is about waiting is not asked of an agent", () => {
  const names = (type: string) => {
    const node = { ...n8n.node(create), type };
    const { description } = loaded.node(type);
    return description.properties
      .filter((property) =>
        NodeHelpers.displayParameter({ ...node.parameters, waitMode: "UNTIL_FINISHED" }, property, node, description),
      )
      .map(({ name }) => name);
  };
  const plain = [
    "resource",
    "operation",
    "prompt",
    "model",
    "waitMode",
    "deadlineMinutes",
    "outputField",
    "additionalFields",
  ];
  expect(names("n8n-nodes-reelwire.reelwire")).toEqual(plain);
  expect(names(TOOL)).toEqual(["resource", "operation", "prompt", "model", "additionalFields"]);
});
