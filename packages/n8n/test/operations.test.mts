import { solidPng } from "@reelwire/gateway-for-tests";
import type { INodeExecutionData } from "n8n-workflow";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { errorOf, outputOf } from "./n8n/execution.mts";
import { type RunningN8n, startN8n } from "./n8n/start-n8n.mts";
import { type RunningGateway, startGateway } from "./start-gateway.mts";

let gateway: RunningGateway;
let n8n: RunningN8n;

beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway[Symbol.asyncDispose]());

beforeEach(async () => {
  n8n = await startN8n(gateway.url, gateway.apiKey);
});
afterEach(() => n8n[Symbol.asyncDispose]());

const byId = (value: unknown) => ({ __rl: true, mode: "id", value });

/** Begins a video, and does not wait. */
async function begin(prompt: string, additionalFields = {}): Promise<INodeExecutionData> {
  const parameters = { operation: "create", prompt, model: "", waitMode: "DO_NOT_WAIT", additionalFields };
  const execution = await n8n.run({ parameters });
  expect(errorOf(execution)).toBeUndefined();
  const [item] = outputOf(execution);
  if (item === undefined) throw new Error("Nothing came of it.");
  return item;
}

/** Makes a video as far as its end. */
async function make(prompt: string, additionalFields = {}): Promise<INodeExecutionData> {
  const { json } = await begin(prompt, additionalFields);
  await gateway.finish(prompt);
  await gateway.ended(String(json.id));
  const [item] = outputOf(await n8n.run({ parameters: { operation: "get", videoId: byId(json.id) } }));
  if (item === undefined) throw new Error("It is gone.");
  return item;
}

test("Create need not wait, and takes all that the gateway takes", async () => {
  const item = await begin("A boat", {
    aspectRatio: "PORTRAIT_9_16",
    durationSeconds: 4,
    resolution: "P1080",
    generateAudio: false,
    personGeneration: "DONT_ALLOW",
    externalId: "order-1",
    maxUsd: 5,
  });
  expect(item).toMatchObject({
    pairedItem: { item: 0 },
    json: {
      prompt: "A boat",
      aspectRatio: "PORTRAIT_9_16",
      durationSeconds: 4,
      resolution: "P1080",
      generateAudio: false,
      personGeneration: "DONT_ALLOW",
      externalId: "order-1",
      url: null,
      finishedAt: null,
    },
  });
  expect(item.json.studioUrl).toBe(`${gateway.url}/videos/${item.json.id}`);
  expect(item.binary).toBeUndefined();
});

test("frames come from fields, or by their address", async () => {
  const frame = { data: solidPng().toString("base64"), mimeType: "image/png" };
  const additionalFields = { imageField: "first", lastImageUrl: "https://example.com/last.png" };
  const execution = await n8n.run({
    parameters: { operation: "create", prompt: "A boat", model: "", waitMode: "DO_NOT_WAIT", additionalFields },
    items: [{ json: {}, binary: { first: frame } }],
  });
  const id = outputOf(execution)[0]?.json.id;
  const { video } = await gateway.ask<{ video: { imageUrl: string; lastImageUrl: string } }>(
    "query ($id: ID!) { video(id: $id) { imageUrl lastImageUrl } }",
    { id },
  );
  expect(video.imageUrl).toMatch(`${gateway.url}/uploads/`);
  expect(video.lastImageUrl).toBe("https://example.com/last.png");
  const shown = await fetch(video.imageUrl);
  expect(Buffer.from(await shown.arrayBuffer())).toEqual(solidPng());
});

test("an image that is none is refused with the gateway's reason", async () => {
  const execution = await n8n.run({
    parameters: {
      operation: "create",
      prompt: "A boat",
      model: "",
      waitMode: "DO_NOT_WAIT",
      additionalFields: { imageField: "first" },
    },
    items: [{ json: {}, binary: { first: { data: "aGVsbG8=", mimeType: "image/png" } } }],
  });
  expect(errorOf(execution)).toMatchObject({
    name: "NodeApiError",
    httpCode: "IMAGE_INVALID",
    context: { itemIndex: 0 },
  });
});

test("Get finds a video by its id, and by one's own id for it", async () => {
  const { json } = await begin("A boat to be found", { externalId: "order-2" });
  for (const videoId of [byId(json.id), { __rl: true, mode: "externalId", value: "order-2" }]) {
    const execution = await n8n.run({ parameters: { operation: "get", videoId } });
    expect(outputOf(execution)).toMatchObject([
      { json: { id: json.id, prompt: "A boat to be found" }, pairedItem: { item: 0 } },
    ]);
  }
});

test("a video that is not there is an error, or an item of the error output", async () => {
  const parameters = { operation: "get", videoId: byId("={{ $json.id }}") };
  const { json } = await begin("A boat");
  const items = [{ json: { id: "video_00000000000000000000000000" } }, { json: { id: json.id } }];
  const stopped = await n8n.run({ parameters, items });
  expect(stopped.status).toBe("error");
  expect(errorOf(stopped)).toMatchObject({
    name: "NodeOperationError",
    message: "There is no such video, or the API key may not see it.",
    context: { itemIndex: 0 },
  });
  const wentOn = await n8n.run({ parameters, items, settings: { onError: "continueErrorOutput" } });
  expect(outputOf(wentOn)).toMatchObject([{ json: { id: json.id }, pairedItem: { item: 1 } }]);
  expect(outputOf(wentOn, 1)).toMatchObject([
    { json: { error: expect.stringContaining("no such video") }, pairedItem: { item: 0 } },
  ]);
  const regular = await n8n.run({ parameters, items, settings: { onError: "continueRegularOutput" } });
  expect(outputOf(regular)).toHaveLength(2);
});

test("Get Many gives the newest, as many as asked for, and those that the filters let through", async () => {
  const prompts = Array.from({ length: 3 }, (_, index) => `A balloon, number ${index + 1}`);
  for (const prompt of prompts) await begin(prompt, { externalId: prompt });
  const find = async (parameters: object) =>
    outputOf(await n8n.run({ parameters: { operation: "getAll", filters: {}, ...parameters } }));
  expect((await find({ returnAll: false, limit: 2 })).map(({ json }) => json.prompt)).toEqual([prompts[2], prompts[1]]);
  const balloons = await find({ returnAll: true, filters: { search: "BALLOON" } });
  expect(balloons.map(({ json, pairedItem }) => [json.prompt, pairedItem])).toEqual(
    prompts.toReversed().map((prompt) => [prompt, { item: 0 }]),
  );
  const before = await find({
    returnAll: true,
    filters: { createdBefore: balloons[1]?.json.createdAt, search: "balloon" },
  });
  expect(before.map(({ json }) => json.prompt)).toEqual([prompts[0]]);
  expect(
    await find({
      returnAll: true,
      filters: { status: ["FAILED"], createdAfter: "2020-01-01T00:00:00", externalId: "" },
    }),
  ).toEqual([]);
});

test("Get Many goes through all pages", async () => {
  const items = Array.from({ length: 101 }, (_, index) => ({ json: { prompt: `A herd, sheep ${index}` } }));
  const parameters = {
    operation: "create",
    prompt: "={{ $json.prompt }}",
    model: "",
    waitMode: "DO_NOT_WAIT",
    additionalFields: {},
  };
  expect(outputOf(await n8n.run({ parameters, items }))).toHaveLength(101);
  const filters = { search: "A herd" };
  const all = await n8n.run({ parameters: { operation: "getAll", returnAll: true, filters } });
  expect(outputOf(all)).toHaveLength(101);
});

test("Cancel ends a video, and says whether it may be charged; one that is finished cannot be", async () => {
  const { json } = await begin("A slow boat to be canceled");
  await gateway.accepted("A slow boat to be canceled");
  const parameters = { operation: "cancel", videoId: byId(json.id) };
  expect(outputOf(await n8n.run({ parameters }))).toMatchObject([
    { json: { id: json.id, status: "CANCELED", upstreamMayStillCharge: true }, pairedItem: { item: 0 } },
  ]);
  const made = await make("A boat that is finished");
  const refused = await n8n.run({ parameters: { operation: "cancel", videoId: byId(made.json.id) } });
  expect(errorOf(refused)).toMatchObject({ name: "NodeApiError", httpCode: "VIDEO_ALREADY_FINISHED" });
});

test("Download gives the file; where there is none it says why", async () => {
  const made = await make("A boat to be fetched");
  const parameters = { operation: "download", videoId: byId("={{ $json.id }}"), outputField: "film" };
  const [item] = outputOf(await n8n.run({ parameters, items: [made] }));
  expect(item).toMatchObject({ json: { id: made.json.id }, pairedItem: { item: 0 } });
  const file = await fetch(String(made.json.url));
  expect(item?.binary?.film?.data).toBe(Buffer.from(await file.arrayBuffer()).toString("base64"));

  const begun = await begin("A slow boat");
  const refused = await n8n.run({ parameters, items: [begun] });
  expect(errorOf(refused)).toMatchObject({
    name: "NodeOperationError",
    message: expect.stringMatching(/^The video has no file: it is [A-Z]+\.$/),
  });
});

test("what the gateway refuses is told with its code, its message, and every problem", async () => {
  const execution = await n8n.run({
    parameters: {
      operation: "create",
      prompt: "A boat",
      model: "no/such-model",
      waitMode: "DO_NOT_WAIT",
      additionalFields: { externalId: "x".repeat(256) },
    },
  });
  expect(errorOf(execution)).toMatchObject({
    name: "NodeApiError",
    httpCode: "BAD_INPUT",
    description: expect.stringMatching(/The gateway answered BAD_INPUT\..*model: .*externalId: /),
  });
});

test("a key that lacks a scope, or is none, is told so", async () => {
  const parameters = {
    operation: "create",
    prompt: "A boat",
    model: "",
    waitMode: "DO_NOT_WAIT",
    additionalFields: {},
  };
  n8n.credential.data.apiKey = await gateway.newKey(["VIDEOS_READ"]);
  expect(errorOf(await n8n.run({ parameters }))).toMatchObject({ name: "NodeApiError", httpCode: "FORBIDDEN" });
  n8n.credential.data.apiKey = "rwk_nonsense";
  expect(errorOf(await n8n.run({ parameters }))).toMatchObject({ name: "NodeApiError", httpCode: "UNAUTHENTICATED" });
});

test("the address of the gateway may have what stands in the browser's address bar at its end", async () => {
  for (const end of ["/", "/graphql", "/graphql/"]) {
    n8n.credential.data.url = ` ${gateway.url}${end}`;
    await begin("A boat");
  }
  n8n.credential.data.url = `${n8n.url}/elsewhere`;
  const execution = await n8n.run({ parameters: { operation: "getAll", returnAll: true, filters: {} } });
  expect(errorOf(execution)).toMatchObject({ name: "NodeApiError", httpCode: "BAD_ANSWER" });
});
