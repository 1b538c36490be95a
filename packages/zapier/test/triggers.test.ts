import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { refusalOf } from "./refusal-of.ts";
import { type Running, startRunning } from "./running-gateway.ts";

let running: Running;
beforeAll(async () => {
  running = await startRunning();
});
afterAll(() => running[Symbol.asyncDispose]());

const webhooks = async () => {
  const { webhooks } = await running.asAdmin("{ webhooks { id url events filter { model externalIdPrefix } } }");
  return Object(webhooks);
};

/** Makes a video that ends, and is called `externalId`. @returns its id */
async function made(prompt: string, externalId: string): Promise<string> {
  const { zapier, finish } = running;
  const { results } = await zapier.run("creates.startVideo.operation.perform", { inputData: { prompt, externalId } });
  await finish(prompt);
  return Object(results).id;
}

/** Turns a Zap on: what Zapier gives the trigger from then on. */
async function turnOn(key: string, path: string, inputData: Record<string, unknown> = {}) {
  const { zapier } = running;
  const method = `triggers.${key}.operation`;
  const { results } = await zapier.run(`${method}.performSubscribe`, { inputData, targetUrl: zapier.address(path) });
  const subscribeData = Object(results);
  const told = (cleanedRequest: unknown) =>
    zapier.run(`${method}.perform`, { inputData, subscribeData, cleanedRequest });
  return {
    subscribeData,
    told,
    /** What comes of the next call. */
    async next() {
      const { body } = await zapier.received(path);
      return (await told(JSON.parse(body))).results;
    },
    listed: async () => (await zapier.run(`${method}.performList`, { inputData })).results,
    turnOff: () => zapier.run(`${method}.performUnsubscribe`, { inputData, subscribeData }),
  };
}

describe.each([
  ["videoCompleted", "VIDEO_COMPLETED", "A video that ends well", "COMPLETED"],
  ["videoFailed", "VIDEO_FAILED", "One that does not [fault:generation-error]", "FAILED"],
  ["videoFinished", "VIDEO_FINISHED", "One of either kind [fault:generation-error:late:Much too late.]", "FAILED"],
])("%s", (key, event, prompt, status) => {
  test("is told by the gateway as long as the Zap is on, in the shape of its list", async () => {
    const zap = await turnOn(key, `/hooks/${key}`, { externalIdPrefix: `${key}-` });
    const { id: webhookId } = zap.subscribeData;
    expect(await webhooks()).toContainEqual({
      id: webhookId,
      url: running.zapier.address(`/hooks/${key}`),
      events: [event],
      filter: { model: null, externalIdPrefix: `${key}-` },
    });

    const id = await made(prompt, `${key}-1`);
    const results = await zap.next();
    expect(results).toEqual([expect.objectContaining({ id, status, externalId: `${key}-1` })]);
    expect(await zap.listed()).toEqual(results);

    expect((await zap.turnOff()).results).toEqual({ id: webhookId });
    expect((await webhooks()).map(({ id }: Record<string, unknown>) => id)).not.toContain(webhookId);
    // Turned off by hand before, or twice: it is off.
    expect((await zap.turnOff()).results).toEqual({ id: webhookId });
  });
});

test("a Zap that is turned on twice has one webhook", async () => {
  const [first, second] = [
    await turnOn("videoFinished", "/hooks/twice"),
    await turnOn("videoFinished", "/hooks/twice"),
  ];
  expect(second.subscribeData).toEqual(first.subscribeData);
  await first.turnOff();
  // What deliveries are signed with is asked of nobody, and kept nowhere.
  expect(running.zapier.log()).toContain("createWebhook");
  expect(running.zapier.log()).not.toMatch(/whsec_\w/);
});

test("what comes twice is told once to each Zap", async () => {
  const { zapier } = running;
  const [one, other] = [await turnOn("videoFinished", "/hooks/one"), await turnOn("videoFinished", "/hooks/other")];
  const id = await made("Told twice", "twice-1");
  const { body } = await zapier.received("/hooks/one");
  const call = JSON.parse(body);
  expect((await one.told(call)).results).toEqual([expect.objectContaining({ id })]);
  expect((await one.told(call)).results).toEqual([]);
  expect(await other.next()).toEqual([expect.objectContaining({ id })]);
  await Promise.all([one.turnOff(), other.turnOff()]);
});

test("what is forged, of another kind, or of no video tells nothing", async () => {
  const { zapier } = running;
  const failed = await turnOn("videoFailed", "/hooks/forged", { externalIdPrefix: "forged-" });
  const inputData = { prompt: "Not finished", externalId: "forged-1" };
  const { results } = await zapier.run("creates.startVideo.operation.perform", { inputData });
  const call = (id: unknown) => ({ type: "video.failed", data: { id, status: "FAILED" } });
  const completed = await made("Completed in truth", "forged-2");
  for (const forged of [
    call(Object(results).id),
    call(completed),
    call("video_01kaqg3v7hf0ctq9x2d3s8g4rn"),
    call(7),
    { data: null },
    "text",
    undefined,
  ]) {
    expect((await failed.told(forged)).results).toEqual([]);
  }
  // Of one that did fail, but is not of those that the Zap is about.
  const finished = await turnOn("videoFinished", "/hooks/elsewhere", { externalIdPrefix: "other-" });
  const elsewhere = await made("Failed elsewhere [fault:generation-error:elsewhere:No.]", "other-1");
  expect(await finished.next()).toEqual([expect.objectContaining({ id: elsewhere, status: "FAILED" })]);
  expect((await failed.told(call(elsewhere))).results).toEqual([]);
  await Promise.all([failed.turnOff(), finished.turnOff()]);
});

test("what Zapier has told in full is read too", async () => {
  const completed = await turnOn("videoCompleted", "/hooks/full", { externalIdPrefix: "full-" });
  const id = await made("Told in full", "full-1");
  const { headers, body } = await running.zapier.received("/hooks/full");
  const { results } = await completed.told({ method: "POST", headers, content: JSON.parse(body) });
  expect(results).toEqual([expect.objectContaining({ id })]);
  await completed.turnOff();
});

test("a filter for a model is held to, by hook and by list", async () => {
  const model = "google/veo-3.1-lite-generate-001";
  const zap = await turnOn("videoCompleted", "/hooks/model", { model, externalIdPrefix: "model-" });
  const id = await made("Of this model", "model-1");
  expect(await zap.next()).toEqual([expect.objectContaining({ id, model })]);
  expect(await zap.listed()).toEqual([expect.objectContaining({ id })]);
  await zap.turnOff();

  const unknown = running.zapier.run("triggers.videoCompleted.operation.performSubscribe", {
    inputData: { model: "somebody/another" },
    targetUrl: running.zapier.address("/hooks/unknown"),
  });
  expect(await refusalOf(unknown)).toMatchObject({
    name: "HaltedError",
    message: expect.stringContaining("Unknown model"),
  });
});

// Last, since nothing is remembered afterwards.
test("where Zapier's memory is away, a Zap is told rather than not", async () => {
  const { zapier } = running;
  const zap = await turnOn("videoCompleted", "/hooks/memory", { externalIdPrefix: "memory-" });
  const id = await made("Told though nothing is remembered", "memory-1");
  const { body } = await zapier.received("/hooks/memory");
  zapier.forget();
  for (const _ of ["once", "twice"]) {
    expect((await zap.told(JSON.parse(body))).results).toEqual([expect.objectContaining({ id })]);
  }
  await zap.turnOff();
});
