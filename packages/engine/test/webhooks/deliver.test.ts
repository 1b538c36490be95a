import { verifyWebhook } from "@reelwire/core/webhooks";
import { describe, expect, test } from "vitest";
import { BUILT_IN_VIEWER } from "../../src/index.ts";
import { DATABASE_KINDS } from "../database/temporary-database.ts";
import { make, startTestEngine } from "../test-engine.ts";
import { deliveryOnce } from "./deliveries.ts";
import { answering, startReceiver } from "./receiver.ts";

describe.each(DATABASE_KINDS)("webhooks: %s", (kind) => {
  test("a webhook is told of a video's end, signed", async () => {
    const receiver = await startReceiver();
    await using t = await startTestEngine({ allowPrivateAddresses: true }, {}, kind);
    const { webhook, secret } = await t.engine.webhooks.create(BUILT_IN_VIEWER, {
      url: receiver.url,
      events: ["video.finished"],
    });
    const video = await make(t.engine);
    const [post] = await receiver.until(1);
    const payload = verifyWebhook(post?.body ?? "", post?.headers ?? {}, secret);
    expect(payload).toMatchObject({
      type: "video.completed",
      payloadVersion: 1,
      data: { id: video.id, status: "COMPLETED" },
    });
    const delivery = await deliveryOnce(t.engine, ({ status }) => status === "DELIVERED");
    expect(delivery).toMatchObject({
      id: post?.headers["webhook-id"],
      webhookId: webhook.id,
      event: "video.completed",
      attempts: [{ number: 1, statusCode: 200, errorCode: null, responseBody: "answer 1" }],
    });
  });

  test("a callback is told, and tried again after 409", async () => {
    const receiver = await startReceiver(answering(409, 500, 200));
    await using t = await startTestEngine({ allowPrivateAddresses: true }, {}, kind);
    await make(t.engine, { callbackUrl: receiver.url });
    const posts = await receiver.until(3);
    expect(new Set(posts.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
    const { secret } = await t.engine.webhooks.rotateSecret(BUILT_IN_VIEWER, null);
    expect(secret).toMatch(/^whsec_/);
    const delivery = await deliveryOnce(t.engine, ({ status }) => status === "DELIVERED");
    expect(delivery.attempts.map(({ statusCode }) => statusCode)).toEqual([409, 500, 200]);
  });
});
