import { once } from "node:events";
import { createServer } from "node:http";
import { solidPng } from "@reelwire/gateway-for-tests";
import type { INodeExecutionData } from "n8n-workflow";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { dataOf, errorOf, outputOf } from "./n8n/execution.mts";
import { type RunningN8n, startN8n } from "./n8n/start-n8n.mts";
import { startSlowFiles } from "./slow-files.mts";
import { type RunningGateway, startGateway } from "./start-gateway.mts";

// A workflow that sleeps until its videos are finished, with each of the ways in which it can be woken wrongly, or not at all.

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

const create = (parameters: Record<string, unknown> = {}) => ({
  operation: "create",
  prompt: "={{ $json.prompt }}",
  model: "",
  waitMode: "UNTIL_FINISHED",
  deadlineMinutes: 60,
  outputField: "film",
  additionalFields: {},
  ...parameters,
});

const prompts = (...given: string[]): INodeExecutionData[] => given.map((prompt) => ({ json: { prompt } }));

const statuses = () => n8n.called.map(({ status }) => status);

test("the workflow sleeps, and goes on with the video and its file when it is finished", async () => {
  const before = Date.now();
  const execution = await n8n.run({ parameters: create(), items: prompts("A boat that sails") });
  expect(execution.status).toBe("waiting");
  const deadline = new Date(dataOf(execution).waitTill ?? 0).getTime();
  expect(deadline).toBeGreaterThanOrEqual(before + 60 * 60_000);
  expect(deadline).toBeLessThanOrEqual(Date.now() + 60 * 60_000);

  await gateway.finish("A boat that sails");
  await n8n.until(() => execution.status === "success");
  const [item, ...rest] = outputOf(execution);
  expect(rest).toEqual([]);
  expect(item).toMatchObject({
    pairedItem: { item: 0 },
    json: { prompt: "A boat that sails", status: "COMPLETED", errorCode: null, reused: false },
  });
  const film = item?.binary?.film;
  expect(film).toMatchObject({ fileName: `${item?.json.id}.mp4`, mimeType: "video/mp4" });
  expect(
    Buffer.from(film?.data ?? "", "base64")
      .subarray(4, 8)
      .toString(),
  ).toBe("ftyp");
  expect(dataOf(execution).resultData.runData.End?.[0]?.data?.main?.[0]).toHaveLength(1);
  await n8n.until(() => n8n.called.length > 0);
  expect(statuses()).toEqual([200]);
});

test("a callback that comes before n8n has fallen asleep is answered 409, and comes again", async () => {
  const release = n8n.hold();
  const begun = n8n.run({ parameters: create(), items: prompts("An early boat") });
  await gateway.finish("An early boat");
  await n8n.until(() => n8n.called.length === 1);
  expect(statuses()).toEqual([409]);
  release();
  const execution = await begun;
  await n8n.until(() => execution.status === "success");
  expect(outputOf(execution)).toMatchObject([{ json: { status: "COMPLETED" } }]);
  await n8n.until(() => statuses().includes(200));
});

test("of several items each has its callback; only the last one wakes the node", async () => {
  const execution = await n8n.run({
    parameters: create(),
    items: prompts("A boat among three", "A slow snail among three", "A cat among three"),
  });
  expect(execution.status).toBe("waiting");
  await gateway.finish("A boat among three", "A cat among three");
  await n8n.until(() => n8n.called.length === 2);
  expect(statuses()).toEqual([200, 200]);
  expect(execution.status).toBe("waiting");

  const { videos } = await gateway.ask<{ videos: { nodes: [{ id: string }] } }>(
    '{ videos(filter: { search: "snail among" }) { nodes { id } } }',
  );
  await gateway.ask("mutation ($id: ID!) { cancelVideo(id: $id) { video { id } } }", { id: videos.nodes[0].id });
  await n8n.until(() => execution.status === "success");
  expect(outputOf(execution)).toMatchObject([
    { json: { prompt: "A boat among three", status: "COMPLETED" }, binary: { film: {} }, pairedItem: { item: 0 } },
    { json: { prompt: "A slow snail among three", status: "CANCELED" }, pairedItem: { item: 1 } },
    { json: { prompt: "A cat among three", status: "COMPLETED" }, binary: { film: {} }, pairedItem: { item: 2 } },
  ]);
  expect(outputOf(execution)[1]?.binary).toBeUndefined();
});

test("what a callback says is not believed: the gateway is asked", async () => {
  const execution = await n8n.run({ parameters: create(), items: prompts("A boat of one's own") });
  await gateway.accepted("A boat of one's own");
  const url = `${n8n.url}/webhook-waiting/${execution.id}?signature=${dataOf(execution).resumeToken}`;
  const forged = {
    type: "video.completed",
    data: { id: "video_1", status: "COMPLETED", url: "https://example.com/evil.mp4" },
  };
  const response = await fetch(url, { method: "POST", body: JSON.stringify(forged) });
  expect(response.status).toBe(200);
  expect(execution.status).toBe("waiting");
  await gateway.finish("A boat of one's own");
  await n8n.until(() => execution.status === "success");
  expect(outputOf(execution)).toMatchObject([{ json: { prompt: "A boat of one's own", status: "COMPLETED" } }]);
});

test("after the deadline the next step is given the video as it was, and finds it by Get", async () => {
  const execution = await n8n.run({
    parameters: create({ deadlineMinutes: 2 }),
    items: prompts("A boat that is late", "A cat that is late"),
  });
  expect(execution.status).toBe("waiting");
  // What n8n does when the deadline has passed: also where the callback was lost.
  await n8n.proceed(execution.id);
  expect(execution.status).toBe("success");
  const [boat, cat] = outputOf(execution);
  expect(boat).toMatchObject({
    json: { prompt: "A boat that is late", finishedAt: null, url: null },
    pairedItem: { item: 0 },
  });
  expect(cat).toMatchObject({
    json: { prompt: "A cat that is late", finishedAt: null, url: null },
    pairedItem: { item: 1 },
  });
  expect(boat?.json.status).not.toBe("COMPLETED");

  await gateway.finish("A boat that is late", "A cat that is late");
  await n8n.until(() => n8n.called.length >= 2);
  expect(statuses().slice(0, 2)).toEqual([409, 409]);
  const next = await n8n.run({
    parameters: { operation: "get", videoId: { __rl: true, mode: "id", value: "={{ $json.id }}" } },
    items: outputOf(execution),
  });
  expect(outputOf(next)).toMatchObject([
    { json: { id: boat?.json.id, status: "COMPLETED" } },
    { json: { id: cat?.json.id, status: "COMPLETED" } },
  ]);
});

test("a video that is finished already is not waited for", async () => {
  const parameters = create({ additionalFields: { idempotencyKey: "order-1043" } });
  const first = await n8n.run({ parameters, items: prompts("A boat that is made once") });
  const second = await n8n.run({ parameters, items: prompts("A boat that is made once") });
  expect(second.status).toBe("waiting");
  await gateway.finish("A boat that is made once");
  // Both wait for the same video, each at an address of its own.
  await n8n.until(() => first.status === "success" && second.status === "success");
  const third = await n8n.run({ parameters, items: prompts("A boat that is made once") });
  expect(third.status).toBe("success");
  expect(outputOf(third)).toMatchObject([
    { json: { ...outputOf(first)[0]?.json, reused: true }, binary: { film: {} }, pairedItem: { item: 0 } },
  ]);
  expect(gateway.emulator.accepted.filter(({ body }) => body.prompt === "A boat that is made once")).toHaveLength(1);
});

test("a callback that cannot be followed now is refused, and comes again", async () => {
  const execution = await n8n.run({ parameters: create(), items: prompts("A boat on a rough sea") });
  const nobody = createServer().listen(0, "127.0.0.1");
  await once(nobody, "listening");
  const address = nobody.address();
  nobody.close();
  await once(nobody, "close");
  n8n.credential.data.url = typeof address === "object" ? `http://127.0.0.1:${address?.port}` : "";
  await gateway.finish("A boat on a rough sea");
  await n8n.until(() => n8n.called.length === 1);
  expect(statuses()).toEqual([503]);
  expect(execution.status).toBe("waiting");
  n8n.credential.data.url = gateway.url;
  await n8n.until(() => execution.status === "success");
  expect(outputOf(execution)).toMatchObject([{ json: { status: "COMPLETED" }, binary: { film: {} } }]);
});

test("the gateway is answered before files are fetched, which may take minutes: it does not call again", async () => {
  await using slow = await startSlowFiles(gateway.url);
  const execution = await n8n.run({ parameters: create(), items: prompts("A boat on a long line") });
  n8n.credential.data.url = slow.url;
  await gateway.finish("A boat on a long line");
  await slow.asked();
  await n8n.until(() => n8n.called.length === 1);
  expect(statuses()).toEqual([200]);
  expect(execution.status).toBe("waiting");
  // Whoever calls meanwhile, the workflow goes on once.
  const url = `${n8n.url}/webhook-waiting/${execution.id}?signature=${dataOf(execution).resumeToken}`;
  expect((await fetch(url, { method: "POST", body: "{}" })).status).toBe(200);
  slow.release("whole");
  await n8n.until(() => execution.status === "success");
  expect(outputOf(execution)).toMatchObject([{ json: { status: "COMPLETED" }, binary: { film: {} } }]);
  expect(dataOf(execution).resultData.runData.End).toHaveLength(1);
});

test("a file that breaks off each time is an item of the error output", async () => {
  await using slow = await startSlowFiles(gateway.url);
  const execution = await n8n.run({
    parameters: create(),
    items: prompts("A boat that breaks off"),
    settings: { onError: "continueErrorOutput" },
  });
  const [{ json: { id = "" } = {} } = {}] = outputOf(execution);
  n8n.credential.data.url = slow.url;
  slow.release("broken");
  await gateway.finish("A boat that breaks off");
  await n8n.until(() => execution.status === "success");
  expect(slow.fetched()).toBe(3);
  expect(outputOf(execution, 1)).toMatchObject([
    {
      json: { error: "The video's file could not be fetched.", details: { videoId: id } },
      pairedItem: { item: 0 },
    },
  ]);
});

test("a video that failed is told by its status, with the reason", async () => {
  const failing = "[fault:generation/generation-error:content_policy:The prompt was refused.]";
  // n8n would take an item with a filled `error` for a step to be tried again.
  const execution = await n8n.run({
    parameters: create(),
    items: prompts(failing),
    settings: { retryOnFail: true, maxTries: 2, waitBetweenTries: 0 },
  });
  await gateway.finish(failing);
  await n8n.until(() => execution.status === "success");
  const [item] = outputOf(execution);
  expect(item?.json).toMatchObject({ status: "FAILED", errorCode: "GENERATION_FAILED", url: null });
  expect(item?.json.errorMessage).toContain("The prompt was refused.");
  expect(item?.binary).toBeUndefined();
  expect(item?.json).not.toHaveProperty("error");
});

test("where the node goes on after errors, what could not be made keeps its place among what is waited for", async () => {
  const execution = await n8n.run({
    parameters: create(),
    items: prompts("", "A boat beside nothing"),
    settings: { onError: "continueErrorOutput" },
  });
  expect(execution.status).toBe("waiting");
  await gateway.finish("A boat beside nothing");
  await n8n.until(() => execution.status === "success");
  const [output, errors] = dataOf(execution).resultData.runData["Make a video"]?.at(-1)?.data?.main ?? [];
  expect(output).toMatchObject([
    { json: { prompt: "A boat beside nothing", status: "COMPLETED" }, pairedItem: { item: 1 } },
  ]);
  expect(errors).toMatchObject([{ json: { details: { code: "BAD_INPUT" } }, pairedItem: { item: 0 } }]);
});

test("a step that is tried again in its execution pays once, and uploads its frames once", async () => {
  const frame = { data: solidPng().toString("base64"), mimeType: "image/png" };
  const execution = await n8n.run({
    parameters: create({ additionalFields: { imageField: "frame" } }),
    items: [
      { json: { prompt: "A boat that is tried again" }, binary: { frame } },
      { json: { prompt: "" }, binary: { frame } },
    ],
    settings: { retryOnFail: true, maxTries: 3, waitBetweenTries: 0 },
  });
  expect(execution.status).toBe("error");
  const { videos } = await gateway.ask<{ videos: { nodes: object[] } }>(
    '{ videos(filter: { search: "tried again" }) { nodes { id } } }',
  );
  expect(videos.nodes).toHaveLength(1);
});

test("another execution makes another video, also where it is n8n's own retry; a key of one's own holds over all", async () => {
  const first = await n8n.run({ parameters: create(), items: prompts("A boat twice") });
  const second = await n8n.run({ parameters: create(), items: prompts("A boat twice") });
  expect(outputOf(second)[0]?.json.id).not.toBe(outputOf(first)[0]?.json.id);
  const items = [
    {
      json: { prompt: "A boat of a key" },
      binary: { frame: { data: solidPng().toString("base64"), mimeType: "image/png" } },
    },
  ];
  const additionalFields = { imageField: "frame", idempotencyKey: "order-1042" };
  const third = await n8n.run({ parameters: create({ additionalFields }), items });
  const fourth = await n8n.run({ parameters: create({ additionalFields }), items });
  expect(fourth.status).toBe("waiting");
  expect(outputOf(fourth)[0]?.json.id).toBe(outputOf(third)[0]?.json.id);
});

test("what is waited for is found again whatever the node is called; where it is not, nothing is made of it", async () => {
  const name = `The "{{ $json }}" of '}'`;
  const execution = await n8n.run({ parameters: create(), items: prompts("An odd boat"), settings: { name } });
  const data = dataOf(execution);
  const lost = { ...data, executionData: { ...data.executionData, contextData: {} } };
  const kept = execution.data;
  execution.data = JSON.stringify(lost);
  await gateway.finish("An odd boat");
  await n8n.until(() => n8n.called.length === 1);
  expect(statuses()).toEqual([503]);
  expect(execution.status).toBe("waiting");
  execution.data = kept;
  await n8n.until(() => execution.status === "success");
  expect(dataOf(execution).resultData.runData.End?.[0]?.data?.main?.[0]).toMatchObject([
    { json: { status: "COMPLETED" } },
  ]);
});

test("a deadline that is none is refused before anything is paid for", async () => {
  const execution = await n8n.run({ parameters: create({ deadlineMinutes: 0 }), items: prompts("A boat for no time") });
  expect(errorOf(execution)).toMatchObject({
    name: "NodeOperationError",
    message: "It can be waited for up to 525600 minutes.",
  });
  const { videos } = await gateway.ask<{ videos: { nodes: object[] } }>(
    '{ videos(filter: { search: "for no time" }) { nodes { id } } }',
  );
  expect(videos.nodes).toEqual([]);
});
