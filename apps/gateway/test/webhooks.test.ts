import { createReelwireClient, type Webhook } from "@reelwire/core/client";
import { findVideoDocument } from "@reelwire/core/operations";
import { verifyWebhook } from "@reelwire/core/webhooks";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { CREATE_VIDEO, startTestGateway, type TestGateway } from "./test-gateway.ts";
import { answering, startWebhookReceiver, type WebhookReceiver } from "./webhook-receiver.ts";

const PUBLIC_URL = "https://video.example.com/reelwire";

const ended = new AsyncDisposableStack();
let on: TestGateway;
let receiver: WebhookReceiver;
let client: ReturnType<typeof createReelwireClient>;
/** A path of the receiver for each test. */
let path = "";
let paths = 0;

beforeAll(async () => {
  on = ended.use(
    await startTestGateway({
      emulator: { clock: "real", durationMs: 100 },
      configuration: { allowPrivateAddresses: true, publicUrl: PUBLIC_URL },
    }),
  );
  receiver = ended.use(await startWebhookReceiver());
  client = createReelwireClient({ url: `${on.url}/graphql` });
  ended.defer(async () => client.close());
});
afterAll(() => ended.disposeAsync());
beforeEach(() => {
  paths += 1;
  path = `/hooks/${paths}`;
  receiver.answer = answering(204);
});

/** Watches a video to its end. */
async function finished(id: string) {
  for await (const video of client.watchVideo(id)) if (video.finishedAt !== null) return video;
  throw new Error("It ended before its end.");
}

/** Makes a webhook for one video alone: the one with this test's path as its external id. */
const createWebhook = (events: Webhook["events"] = ["VIDEO_FINISHED"]) =>
  client.createWebhook({ url: receiver.url + path, events, filter: { externalIdPrefix: path } });

const createVideo = (input: object = {}) =>
  client.createVideo({ prompt: "a paper boat", durationSeconds: 4, externalId: path, ...input });

/** The only delivery about a video, once it has taken so many attempts and is not being tried. */
async function delivery(videoId: string, isSo: (status: string, attempts: number) => boolean) {
  for (;;) {
    const deliveries = await client.webhookDeliveries({ videoId });
    const [found] = deliveries;
    if (found !== undefined && isSo(found.status, found.attempts.length)) {
      expect(deliveries).toHaveLength(1);
      return found;
    }
  }
}

describe("a webhook", () => {
  test("is told what video(id) answers, byte for byte, with the addresses that clients have", async () => {
    const { webhook, secret, reused } = await createWebhook();
    expect(reused).toBe(false);
    const { video } = await createVideo();
    const { body, headers, id } = await receiver.nth(path);
    const payload = verifyWebhook(body, headers, secret);

    const response = await fetch(`${on.url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ query: findVideoDocument, variables: { id: video.id } }),
    });
    const [, answered] = /^\{"data":\{"video":(.*)\}\}\n?$/.exec(await response.text()) ?? [];
    const { timestamp } = payload;
    expect(body).toBe(`{"type":"video.completed","timestamp":"${timestamp}","payloadVersion":1,"data":${answered}}`);
    expect(payload.data).toEqual(await client.video(video.id));
    expect(payload.data).toMatchObject({
      id: video.id,
      status: "COMPLETED",
      url: expect.stringMatching(`^${PUBLIC_URL}/files/${video.id}`),
      studioUrl: `${PUBLIC_URL}/videos/${video.id}`,
      finishedAt: timestamp,
    });
    expect(headers).toMatchObject({ "content-type": "application/json" });

    const told = await delivery(video.id, (status) => status === "DELIVERED");
    expect(told).toMatchObject({ id, webhookId: webhook.id, url: webhook.url, event: "VIDEO_COMPLETED" });
    expect(told.attempts).toMatchObject([{ number: 1, statusCode: 204, errorCode: null, errorMessage: null }]);
    expect(told.nextAttemptAt).toBeNull();
  });

  test("is told of failed and canceled videos, where it asked for them, once however many of its events fit", async () => {
    const { secret } = await createWebhook(["VIDEO_FAILED", "VIDEO_CANCELED", "VIDEO_FINISHED"]);
    await createVideo({ externalId: `${path}/failed`, prompt: "a boat [fault:generation-error]" });
    const failed = await receiver.nth(path);
    expect(verifyWebhook(failed.body, failed.headers, secret)).toMatchObject({
      type: "video.failed",
      data: { status: "FAILED", url: null, error: { code: "GENERATION_FAILED", billed: false } },
    });
    const { video } = await createVideo({
      externalId: `${path}/canceled`,
      prompt: "a boat [fault:status/unavailable]",
    });
    await client.cancelVideo(video.id);
    const canceled = await receiver.nth(path, 2);
    expect(verifyWebhook(canceled.body, canceled.headers, secret)).toMatchObject({
      type: "video.canceled",
      data: { id: video.id, status: "CANCELED" },
    });
    await delivery(video.id, (status) => status === "DELIVERED");
  });

  test("is not told what it did not ask for", async () => {
    await client.createWebhook({ url: `${receiver.url}${path}/no`, events: ["VIDEO_FAILED"] });
    await client.createWebhook({
      url: `${receiver.url}${path}/no`,
      events: ["VIDEO_COMPLETED"],
      filter: { externalIdPrefix: `${path}x` },
    });
    await createWebhook(["VIDEO_COMPLETED"]);
    const { video } = await createVideo();
    await receiver.nth(path);
    expect(await client.webhookDeliveries({ videoId: video.id })).toHaveLength(1);
  });

  test("is the same for the same input, with its secret, and is listed and found", async () => {
    const first = await createWebhook();
    const again = await createWebhook();
    expect(again).toEqual({ ...first, reused: true });
    expect((await client.webhooks())[0]).toEqual(first.webhook);
    expect(await client.webhook(first.webhook.id)).toEqual(first.webhook);
    expect(first.webhook).toMatchObject({
      url: receiver.url + path,
      events: ["VIDEO_FINISHED"],
      filter: { model: null, externalIdPrefix: path, subject: null },
      failingSince: null,
      disabledAt: null,
      disabledReason: null,
    });
  });

  test("is told again by redeliverWebhook, with the same webhook-id, and tells what it answered", async () => {
    const { webhook, secret } = await createWebhook();
    receiver.answer = answering(500, "not today");
    const { video } = await createVideo();
    const first = await receiver.nth(path);
    const failing = await delivery(video.id, (status, attempts) => status === "PENDING" && attempts > 0);
    expect(failing.attempts[0]).toMatchObject({
      number: 1,
      statusCode: 500,
      errorCode: "BAD_STATUS",
      responseBody: "not today",
    });
    expect((await client.webhook(webhook.id))?.failingSince).not.toBeNull();

    receiver.answer = answering(200, "thanks");
    expect(await client.redeliverWebhook(failing.id)).toMatchObject({ id: failing.id, status: "PENDING" });
    const delivered = await delivery(video.id, (status) => status === "DELIVERED");
    expect(delivered.attempts.at(-1)).toMatchObject({ statusCode: 200, errorCode: null, responseBody: "thanks" });
    const again = await receiver.nth(path, delivered.attempts.length);
    expect(again.id).toBe(first.id);
    expect(verifyWebhook(again.body, again.headers, secret)).toEqual(JSON.parse(first.body));
    expect((await client.webhook(webhook.id))?.failingSince).toBeNull();

    const { data } = await on.graphql(
      "query ($id: ID!) { webhook(id: $id) { deliveries(first: 1) { id attempts { number } } } }",
      { id: webhook.id },
    );
    expect(data.webhook.deliveries).toEqual([
      { id: failing.id, attempts: delivered.attempts.map(({ number }) => ({ number })) },
    ]);
    // What was delivered is sent once more too, where somebody asks for it.
    await client.redeliverWebhook(failing.id);
    expect((await receiver.nth(path, delivered.attempts.length + 1)).id).toBe(first.id);
  });

  test("has its secret rotated: for a day deliveries are signed with both", async () => {
    const { webhook, secret } = await createWebhook();
    const before = Date.now();
    const rotated = await client.rotateWebhookSecret(webhook.id);
    expect(rotated.secret).not.toBe(secret);
    const rotatedAt = Date.parse(String(rotated.previousSecretUntil)) - 24 * 3_600_000;
    expect(rotatedAt).toBeGreaterThanOrEqual(before);
    expect(rotatedAt).toBeLessThanOrEqual(Date.now());
    await createVideo();
    const { body, headers } = await receiver.nth(path);
    for (const either of [secret, rotated.secret]) expect(verifyWebhook(body, headers, either)).toBeDefined();
    expect((await createWebhook()).secret).toBe(rotated.secret);
  });

  test("that answers 410 is switched off, says why, and is told again once it was switched on", async () => {
    const { webhook, secret } = await createWebhook();
    receiver.answer = answering(410, "no more");
    const { video } = await createVideo();
    const given = await delivery(video.id, (status) => status === "FAILED");
    expect(given.attempts).toMatchObject([{ statusCode: 410, errorCode: "GONE" }]);
    const off = await client.webhook(webhook.id);
    expect(off).toMatchObject({ disabledReason: "GONE", disabledAt: expect.stringMatching(/Z$/) });
    const missed = await createVideo({ externalId: `${path}/missed` });
    await finished(missed.video.id);
    expect(await client.webhookDeliveries({ videoId: missed.video.id })).toEqual([]);

    receiver.answer = answering(204);
    const onAgain = await client.enableWebhook(webhook.id);
    expect(onAgain).toMatchObject({ disabledAt: null, disabledReason: null });
    await client.redeliverWebhook(given.id);
    await createVideo({ externalId: `${path}/next` });
    for (const n of [2, 3]) {
      const { body, headers } = await receiver.nth(path, n);
      expect(verifyWebhook(body, headers, secret).type).toBe("video.completed");
    }
  });

  test("that was deleted is told nothing more", async () => {
    const { webhook } = await createWebhook();
    receiver.answer = answering(503);
    const { video } = await createVideo();
    await delivery(video.id, (_, attempts) => attempts > 0);
    expect((await client.deleteWebhook(webhook.id)).id).toBe(webhook.id);
    const [left] = await client.webhookDeliveries({ videoId: video.id });
    expect(left?.status ?? "FAILED").toBe("FAILED");
    expect(await client.webhook(webhook.id)).toBeNull();
    expect((await client.webhooks()).map(({ id }) => id)).not.toContain(webhook.id);
    await expect(client.deleteWebhook(webhook.id)).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(client.enableWebhook(webhook.id)).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(client.rotateWebhookSecret(webhook.id)).rejects.toMatchObject({ code: "NOT_FOUND" });
    const next = await createVideo({ externalId: `${path}/next` });
    await finished(next.video.id);
    expect(await client.webhookDeliveries({ videoId: next.video.id })).toEqual([]);
  });
});

describe("a callbackUrl", () => {
  test("is told of its own video, signed with the project's secret", async () => {
    const { secret: before } = await client.rotateWebhookSecret(null);
    const { secret } = await client.rotateWebhookSecret(null);
    const { video } = await createVideo({ callbackUrl: receiver.url + path });
    const { body, headers, id } = await receiver.nth(path);
    for (const either of [before, secret]) {
      expect(verifyWebhook(body, headers, either)).toMatchObject({ type: "video.completed", data: { id: video.id } });
    }
    const told = await delivery(video.id, (status) => status === "DELIVERED");
    expect(told).toMatchObject({ id, webhookId: null, url: receiver.url + path });
  });

  test("is added by the same request with another one, and told at once where the video is finished", async () => {
    const idempotencyKey = `key ${path}`;
    const first = await createVideo({ idempotencyKey, callbackUrl: `${receiver.url}${path}/first` });
    await finished(first.video.id);
    const again = await createVideo({ idempotencyKey, callbackUrl: `${receiver.url}${path}/second` });
    expect(again).toMatchObject({ reused: true, video: { id: first.video.id } });
    const [one, two] = await Promise.all([receiver.nth(`${path}/first`), receiver.nth(`${path}/second`)]);
    expect(two.body).toBe(one.body);
    expect(two.id).not.toBe(one.id);
  });
});

describe("is refused", () => {
  const query = "mutation ($input: CreateWebhookInput!) { createWebhook(input: $input) { secret } }";

  test("what is no webhook, with every problem at once", async () => {
    const input = { url: "example.com", events: [], filter: { externalIdPrefix: "" } };
    const { errors } = await on.graphql(query, { input });
    expect(errors?.[0]?.extensions).toMatchObject({
      code: "BAD_INPUT",
      issues: [{ path: ["url"] }, { path: ["events"] }, { path: ["filter", "externalIdPrefix"] }],
    });
  });

  test("a private address, also of a callback, unless configuration allows it", async () => {
    await using careful = await startTestGateway();
    const input = { url: `${receiver.url}${path}`, events: ["VIDEO_FINISHED"] };
    const webhook = await careful.graphql(query, { input });
    expect(webhook.errors?.[0]?.extensions).toMatchObject({ code: "BAD_INPUT", issues: [{ path: ["url"] }] });
    const { errors } = await careful.graphql(CREATE_VIDEO, { input: { prompt: "a boat", callbackUrl: input.url } });
    expect(errors?.[0]?.extensions).toMatchObject({ code: "BAD_INPUT", issues: [{ path: ["callbackUrl"] }] });
    const { data } = await careful.graphql("{ webhooks { id } videos { nodes { id } } }");
    expect(data).toEqual({ webhooks: [], videos: { nodes: [] } });
    expect(receiver.received.filter((one) => one.path === path)).toEqual([]);
  });

  test.each([0, 101, -1])("a list of %s deliveries", async (first) => {
    const { webhook } = await createWebhook();
    for (const asked of [
      `{ webhookDeliveries(first: ${first}) { id } }`,
      `{ webhook(id: "${webhook.id}") { deliveries(first: ${first}) { id } } }`,
    ]) {
      const { errors } = await on.graphql(asked);
      expect(errors?.[0]?.extensions).toMatchObject({ code: "BAD_INPUT", issues: [{ path: ["first"] }] });
    }
  });

  test("a second rotation in one operation, whose secret nobody would be told if it failed", async () => {
    const { errors } = await on.graphql(
      "mutation { a: rotateWebhookSecret { secret } b: rotateWebhookSecret { secret } }",
    );
    expect(errors?.[0]?.extensions.code).toBe("BAD_INPUT");
  });
});

test("a page of all there is to say about all webhooks is not too much at once", async () => {
  const delivery = `{ id webhookId url event videoId status createdAt nextAttemptAt finishedAt
    attempts { number at durationMs statusCode errorCode errorMessage responseBody } }`;
  const { errors } = await on.graphql(`{
    webhooks {
      id url events filter { model externalIdPrefix subject } createdAt failingSince disabledAt disabledReason
      deliveries ${delivery}
    }
    webhookDeliveries(first: 100) ${delivery}
  }`);
  expect(errors).toBeUndefined();
});

test("no secret is in the log", async () => {
  const { secret } = await createWebhook();
  const rotated = await client.rotateWebhookSecret(null);
  await createVideo({ callbackUrl: `${receiver.url}${path}/callback` });
  await Promise.all([receiver.nth(path), receiver.nth(`${path}/callback`)]);
  const log = on.logLines.join("");
  expect(log).toContain("webhook made");
  expect(log).not.toContain("whsec_");
  for (const one of [secret, rotated.secret]) expect(log).not.toContain(one.slice("whsec_".length));
});
