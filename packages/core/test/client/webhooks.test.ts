import { describe, expect, expectTypeOf, test } from "vitest";
import type { CreatedWebhook, Webhook, WebhookDelivery } from "../../src/client/index.ts";
import { ID, quickClient } from "./client-fixtures.ts";
import { cutAnswer, gatewayError, ScriptedGateway } from "./scripted-gateway.ts";

const WEBHOOK: Webhook = {
  id: "webhook_01kb3xrg9pf4bs2gq3yj3zc2tm",
  url: "https://example.com/hook",
  events: ["VIDEO_FINISHED"],
  filter: { model: null, externalIdPrefix: "order-", subject: null },
  createdAt: "2026-11-22T09:00:00.000Z",
  failingSince: null,
  disabledAt: null,
  disabledReason: null,
};
const DELIVERY: WebhookDelivery = {
  id: "delivery_01kb3xrg9pf4bs2gq3yj3zc2tm",
  webhookId: WEBHOOK.id,
  url: WEBHOOK.url,
  event: "VIDEO_COMPLETED",
  videoId: ID,
  status: "PENDING",
  createdAt: "2026-11-22T09:00:58.110Z",
  nextAttemptAt: "2026-11-22T09:01:58.110Z",
  finishedAt: null,
  attempts: [
    {
      number: 1,
      at: "2026-11-22T09:00:58.200Z",
      durationMs: 120,
      statusCode: 500,
      errorCode: "BAD_STATUS",
      errorMessage: "The receiver answered 500.",
      responseBody: "oh",
    },
  ],
};

describe("each operation", () => {
  test("createWebhook", async () => {
    await using gateway = await ScriptedGateway.start();
    using client = quickClient(gateway.url);
    const answered: CreatedWebhook = { webhook: WEBHOOK, secret: "whsec_c2VjcmV0", reused: false };
    gateway.roots = { createWebhook: () => answered };
    const input = { url: WEBHOOK.url, events: ["VIDEO_FINISHED"], filter: { externalIdPrefix: "order-" } } as const;
    const created = await client.createWebhook(input);
    expectTypeOf(created).toEqualTypeOf<CreatedWebhook>();
    expect(created).toEqual(answered);
    expect(gateway.operations.map(({ variables }) => variables)).toEqual([{ input }]);
  });

  test("webhooks and webhook", async () => {
    await using gateway = await ScriptedGateway.start();
    using client = quickClient(gateway.url);
    gateway.roots = { webhooks: () => [WEBHOOK], webhook: ({ id }) => (id === WEBHOOK.id ? WEBHOOK : null) };
    expect(await client.webhooks()).toEqual([WEBHOOK]);
    expect(await client.webhook(WEBHOOK.id)).toEqual(WEBHOOK);
    expect(await client.webhook("webhook_other")).toBeNull();
  });

  test("enableWebhook and deleteWebhook", async () => {
    await using gateway = await ScriptedGateway.start();
    using client = quickClient(gateway.url);
    gateway.roots = { enableWebhook: () => ({ webhook: WEBHOOK }), deleteWebhook: () => ({ webhook: WEBHOOK }) };
    expect(await client.enableWebhook(WEBHOOK.id)).toEqual(WEBHOOK);
    expect(await client.deleteWebhook(WEBHOOK.id)).toEqual(WEBHOOK);
    expect(gateway.operations.map(({ variables }) => variables)).toEqual([{ id: WEBHOOK.id }, { id: WEBHOOK.id }]);
  });

  test("webhookDeliveries and redeliverWebhook", async () => {
    await using gateway = await ScriptedGateway.start();
    using client = quickClient(gateway.url);
    gateway.roots = { webhookDeliveries: () => [DELIVERY], redeliverWebhook: () => ({ delivery: DELIVERY }) };
    expect(await client.webhookDeliveries()).toEqual([DELIVERY]);
    const args = { webhookId: WEBHOOK.id, videoId: ID, status: "FAILED", first: 5 } as const;
    expect(await client.webhookDeliveries(args)).toEqual([DELIVERY]);
    expect(await client.redeliverWebhook(DELIVERY.id)).toEqual(DELIVERY);
    expect(gateway.operations.map(({ variables }) => variables)).toEqual([{}, args, { id: DELIVERY.id }]);
  });

  test("rotateWebhookSecret, of a webhook and of the project", async () => {
    await using gateway = await ScriptedGateway.start();
    using client = quickClient(gateway.url);
    const rotated = { secret: "whsec_bmV3", previousSecretUntil: "2026-11-23T09:00:00.000Z" };
    gateway.roots = { rotateWebhookSecret: () => rotated };
    expect(await client.rotateWebhookSecret(WEBHOOK.id)).toEqual(rotated);
    expect(await client.rotateWebhookSecret(null)).toEqual(rotated);
    expect(gateway.operations.map(({ variables }) => variables)).toEqual([{ id: WEBHOOK.id }, { id: null }]);
  });
});

test("what is safe to repeat is tried again", async () => {
  await using gateway = await ScriptedGateway.start();
  using client = quickClient(gateway.url);
  gateway.roots = { createWebhook: () => ({ webhook: WEBHOOK, secret: "whsec_c2VjcmV0", reused: true }) };
  gateway.replies.push(cutAnswer);
  const created = await client.createWebhook({ url: WEBHOOK.url, events: ["VIDEO_FINISHED"] });
  expect(created).toMatchObject({ webhook: WEBHOOK, reused: true });
  expect(gateway.operations).toHaveLength(2);
});

test("a secret is rotated once: done twice, the one that receivers know would be forgotten", async () => {
  await using gateway = await ScriptedGateway.start();
  using client = quickClient(gateway.url);
  gateway.replies.push(cutAnswer);
  await expect(client.rotateWebhookSecret(null)).rejects.toMatchObject({ code: "NETWORK" });
  expect(gateway.operations).toHaveLength(1);
});

test("a webhook that is gone is told as such", async () => {
  await using gateway = await ScriptedGateway.start();
  using client = quickClient(gateway.url);
  gateway.roots = { deleteWebhook: () => gatewayError("NOT_FOUND") };
  await expect(client.deleteWebhook(WEBHOOK.id)).rejects.toMatchObject({ code: "NOT_FOUND", retryable: false });
});
