import { signWebhook } from "@reelwire/core/webhooks";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { newTrigger, type Trigger } from "./n8n/new-trigger.mts";
import { type RunningN8n, startN8n } from "./n8n/start-n8n.mts";
import { startSlowFiles } from "./slow-files.mts";
import { type RunningGateway, startGateway } from "./start-gateway.mts";

// Real deliveries of the gateway's, to the trigger in n8n-core's hands.

let gateway: RunningGateway;
let n8n: RunningN8n;

beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway[Symbol.asyncDispose]());

beforeEach(async () => {
  n8n = await startN8n(gateway.url, gateway.apiKey);
});
afterEach(async () => {
  // So that what other tests make is not told to addresses that are no more.
  for (const { id } of await webhooks()) await deleteWebhook(id);
  await n8n[Symbol.asyncDispose]();
});

interface Webhook {
  id: string;
  url: string;
  events: string[];
  filter: { externalIdPrefix: string | null };
}

async function webhooks(): Promise<Webhook[]> {
  return (await gateway.ask<{ webhooks: Webhook[] }>("{ webhooks { id url events filter { externalIdPrefix } } }"))
    .webhooks;
}

const deleteWebhook = (id: string) =>
  gateway.ask("mutation ($id: ID!) { deleteWebhook(id: $id) { webhook { id } } }", { id });

async function make(prompt: string, input = {}): Promise<string> {
  const { createVideo } = await gateway.ask<{ createVideo: { video: { id: string } } }>(
    "mutation ($input: CreateVideoInput!) { createVideo(input: $input) { video { id } } }",
    { input: { prompt, ...input } },
  );
  return createVideo.video.id;
}

async function published(parameters: Record<string, unknown>): Promise<Trigger> {
  const trigger = await newTrigger(n8n, parameters);
  await trigger.publish();
  return trigger;
}

const statuses = () => n8n.called.map(({ status }) => status);

test("publishing subscribes once, and unpublishing ends it", async () => {
  const trigger = await newTrigger(n8n, {
    events: ["VIDEO_COMPLETED"],
    filter: { externalIdPrefix: "order-", model: "" },
  });
  expect(await webhooks()).toEqual([]);
  await trigger.publish();
  const [webhook, ...others] = await webhooks();
  expect(others).toEqual([]);
  expect(webhook).toMatchObject({
    url: trigger.url,
    events: ["VIDEO_COMPLETED"],
    filter: { externalIdPrefix: "order-" },
  });
  // As n8n does when it is started again.
  await trigger.publish();
  expect(await webhooks()).toEqual([webhook]);
  await trigger.unpublish();
  expect(await webhooks()).toEqual([]);
  expect(trigger.staticData()).toEqual({});
});

test("the gateway is asked whether there is a subscription: one that was deleted there is made again", async () => {
  const trigger = await published({ events: ["VIDEO_FINISHED"] });
  const [first] = await webhooks();
  await deleteWebhook(String(first?.id));
  await trigger.publish();
  const [second] = await webhooks();
  expect(second).toMatchObject({ url: trigger.url });
  expect(second?.id).not.toBe(first?.id);
  expect(trigger.staticData()).toMatchObject({ webhookId: second?.id });
  // One that is gone anyway is no reason to keep the workflow from being deactivated.
  await deleteWebhook(String(second?.id));
  await trigger.unpublish();
  expect(trigger.staticData()).toEqual({});
});

test("where n8n has lost what it kept, the same subscription is found again, with its secret", async () => {
  const first = await published({ events: ["VIDEO_FINISHED"] });
  n8n.receivers.clear();
  const second = await published({ events: ["VIDEO_FINISHED"] });
  expect(second.staticData()).toEqual(first.staticData());
  expect(await webhooks()).toHaveLength(1);
});

test("a video that is finished begins the workflow, with its file where that is wanted", async () => {
  const plain = await published({ events: ["VIDEO_FINISHED"] });
  const withFile = await published({ events: ["VIDEO_COMPLETED"], downloadFile: true, outputField: "film" });
  const id = await make("A boat that is told of");
  await gateway.finish("A boat that is told of");
  await n8n.until(() => n8n.called.length === 2 && withFile.begun.length === 1);
  expect(statuses()).toEqual([200, 200]);
  const json = {
    event: "VIDEO_COMPLETED",
    deliveryId: expect.stringMatching(/^delivery_/),
    ...{ id, prompt: "A boat that is told of", status: "COMPLETED", errorCode: null },
    url: expect.stringContaining(`/files/${id}.mp4`),
    studioUrl: `${gateway.url}/videos/${id}`,
  };
  expect(plain.begun).toMatchObject([[{ json }]]);
  expect(plain.begun[0]?.[0]?.binary).toBeUndefined();
  expect(withFile.begun).toMatchObject([
    [{ json, binary: { film: { mimeType: "video/mp4", fileName: `${id}.mp4` } } }],
  ]);
});

test("only what was asked for begins it", async () => {
  const failed = await published({ events: ["VIDEO_FAILED", "VIDEO_CANCELED"] });
  const orders = await published({ events: ["VIDEO_FINISHED"], filter: { externalIdPrefix: "order-" } });
  const failing = "[fault:generation/generation-error] A boat that fails";
  await make(failing);
  await make("A boat that was ordered", { externalId: "order-1" });
  await gateway.finish(failing, "A boat that was ordered");
  await n8n.until(() => n8n.called.length === 2);
  expect(failed.begun).toMatchObject([
    [{ json: { event: "VIDEO_FAILED", status: "FAILED", errorCode: "GENERATION_FAILED" } }],
  ]);
  expect(orders.begun).toMatchObject([[{ json: { event: "VIDEO_COMPLETED", externalId: "order-1" } }]]);
});

test("what is not signed with the webhook's secret is refused", async () => {
  const trigger = await published({ events: ["VIDEO_FINISHED"] });
  const body = JSON.stringify({
    type: "video.completed",
    timestamp: new Date().toISOString(),
    payloadVersion: 1,
    data: { id: "video_1" },
  });
  const send = async (headers: object) =>
    (await fetch(trigger.url, { method: "POST", headers: { ...headers, "content-type": "application/json" }, body }))
      .status;
  expect(await send({})).toBe(401);
  expect(await send(signWebhook("delivery_1", new Date(), body, ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"]))).toBe(401);
  const { secret = "" } = trigger.staticData();
  expect(await send(signWebhook("delivery_1", new Date(Date.now() - 600_000), body, [secret]))).toBe(401);
  expect(trigger.begun).toEqual([]);
});

test("a secret that is changed at the gateway is learned", async () => {
  const trigger = await published({ events: ["VIDEO_FINISHED"] });
  const { webhookId, secret } = trigger.staticData();
  const rotate = "mutation ($id: ID!) { rotateWebhookSecret(id: $id) { secret } }";
  // Twice: deliveries are signed with the secret before as well, but with none before that.
  await gateway.ask(rotate, { id: webhookId });
  const rotated = await gateway.ask<{ rotateWebhookSecret: { secret: string } }>(rotate, { id: webhookId });
  await make("A boat after the secret");
  await gateway.finish("A boat after the secret");
  await n8n.until(() => n8n.called.length === 1);
  expect(trigger.begun).toMatchObject([[{ json: { prompt: "A boat after the secret" } }]]);
  expect(trigger.staticData()).toEqual({ ...trigger.staticData(), secret: rotated.rotateWebhookSecret.secret });
  expect(trigger.staticData().secret).not.toBe(secret);
});

test("a delivery whose file cannot be had now is refused, and comes again", async () => {
  const trigger = await published({ events: ["VIDEO_FINISHED"], downloadFile: true });
  const { secret = "" } = trigger.staticData();
  const data = {
    id: "video_1",
    status: "COMPLETED",
    url: `${n8n.url}/no-such-file.mp4`,
    error: null,
    progress: null,
    cost: {},
  };
  const body = JSON.stringify({
    type: "video.completed",
    timestamp: new Date().toISOString(),
    payloadVersion: 1,
    data,
  });
  const headers = { ...signWebhook("delivery_1", new Date(), body, [secret]), "content-type": "application/json" };
  expect((await fetch(trigger.url, { method: "POST", headers, body })).status).toBe(503);
  expect(trigger.begun).toEqual([]);
});

test.each(["whole", "broken"] as const)(
  "the gateway is answered before the file is fetched, and the workflow begins once (%s)",
  async (how) => {
    await using slow = await startSlowFiles(gateway.url);
    const prompt = `A boat whose file is ${how}`;
    const trigger = await published({ events: ["VIDEO_FINISHED"], downloadFile: true });
    const { secret = "" } = trigger.staticData();
    const id = await make(prompt);
    await gateway.finish(prompt);
    await n8n.until(() => trigger.begun.length === 1);
    const [first] = n8n.called;
    const body = String(first?.body).replaceAll(`${gateway.url}/files/`, `${slow.url}/files/`);
    const headers = { ...signWebhook("delivery_1", new Date(), body, [secret]), "content-type": "application/json" };
    expect((await fetch(trigger.url, { method: "POST", headers, body })).status).toBe(200);
    expect(trigger.begun).toHaveLength(1);
    slow.release(how);
    await n8n.until(() => trigger.begun.length === 2);
    expect(slow.fetched()).toBe(how === "whole" ? 1 : 3);
    const [item] = trigger.begun[1] ?? [];
    expect(item).toMatchObject({ json: { id, status: "COMPLETED", deliveryId: "delivery_1" } });
    expect(Object.keys(item?.binary ?? {})).toEqual(how === "whole" ? ["data"] : []);
  },
);

test("what the gateway refuses on publishing is told", async () => {
  const trigger = await newTrigger(n8n, { events: [] });
  await expect(trigger.publish()).rejects.toMatchObject({ name: "NodeApiError", httpCode: "BAD_INPUT" });
  n8n.credential.data.apiKey = "rwk_nonsense";
  await expect(trigger.publish()).rejects.toMatchObject({ name: "NodeApiError", httpCode: "UNAUTHENTICATED" });
});
