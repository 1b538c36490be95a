import { LoadOptionsContext } from "n8n-core";
import type { INodeListSearchResult, INodePropertyOptions } from "n8n-workflow";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type LoadedPackage, loadPackage } from "./n8n/node-types.mts";
import { type RunningN8n, startN8n } from "./n8n/start-n8n.mts";
import { type RunningGateway, startGateway } from "./start-gateway.mts";

// What the editor asks for while somebody fills in a form.

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

function form() {
  const node = n8n.node({ operation: "create" });
  const workflow = n8n.workflow({ nodes: [node], connections: {} });
  const { methods } = loaded.node("n8n-nodes-reelwire.reelwire");
  const context = new LoadOptionsContext(workflow, node, n8n.additionalData("none", n8n.saved([node], {})), "");
  return {
    getModels: (): Promise<INodePropertyOptions[]> =>
      Reflect.apply(methods?.loadOptions?.getModels ?? Object, context, []),
    searchVideos: (search?: string, after?: string): Promise<INodeListSearchResult> =>
      Reflect.apply(methods?.listSearch?.searchVideos ?? Object, context, [search, after]),
  };
}

test("the models are those of the gateway, and its default", async () => {
  const id = "google/veo-3.1-lite-generate-001";
  expect(await form().getModels()).toEqual([
    { name: "Default", value: "", description: id },
    { name: "Veo 3.1 Lite", value: id, description: id },
  ]);
});

test("videos are chosen out of a list, which can be searched and goes on", async () => {
  const items = Array.from({ length: 51 }, (_, index) => ({ json: { prompt: `A balloon, number ${index}` } }));
  const parameters = {
    operation: "create",
    prompt: "={{ $json.prompt }}",
    model: "",
    waitMode: "DO_NOT_WAIT",
    additionalFields: {},
  };
  await n8n.run({ parameters, items });
  const { searchVideos } = form();
  const first = await searchVideos();
  expect(first.results).toHaveLength(50);
  expect(first.results[0]?.name).toMatch(/^A balloon, number 50 \([a-z]+\)$/);
  expect(first.results[0]?.url).toBe(`${gateway.url}/videos/${first.results[0]?.value}`);
  const second = await searchVideos(undefined, String(first.paginationToken));
  expect(second.results).toHaveLength(1);
  expect(second.paginationToken).toBeUndefined();
  const found = await searchVideos("number 17");
  expect(found.results).toMatchObject([{ name: expect.stringContaining("A balloon, number 17") }]);
});

test("where the gateway refuses, the editor is told why", async () => {
  n8n.credential.data.apiKey = "rwk_nonsense";
  await expect(form().getModels()).rejects.toMatchObject({ name: "NodeApiError", httpCode: "UNAUTHENTICATED" });
  await expect(form().searchVideos("boat")).rejects.toMatchObject({
    name: "NodeApiError",
    httpCode: "UNAUTHENTICATED",
  });
});
