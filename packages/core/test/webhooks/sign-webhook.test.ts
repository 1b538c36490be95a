import { Webhook, WebhookVerificationError } from "standardwebhooks";
import { describe, expect, test } from "vitest";
import { signWebhook, verifyWebhook } from "../../src/webhooks/index.ts";
import { ANOTHER_SECRET, BODY, ID, PAYLOAD, SECRET, signed, signedByHand } from "./signed.ts";

test("an attempt carries the delivery's id, its time in seconds and its signature", () => {
  const at = new Date("2026-11-22T09:00:58.999Z");
  expect(signWebhook(ID, at, BODY, [SECRET])).toEqual({
    "webhook-id": ID,
    "webhook-timestamp": "1795338058",
    "webhook-signature": signedByHand(SECRET, "1795338058"),
  });
});

describe("the library of Standard Webhooks", () => {
  test("verifies what is signed here", () => {
    expect(new Webhook(SECRET).verify(BODY, { ...signed() })).toEqual(PAYLOAD);
  });

  test.each([SECRET, ANOTHER_SECRET])("verifies it by either secret while there are two", (secret) => {
    expect(new Webhook(secret).verify(BODY, { ...signed([ANOTHER_SECRET, SECRET]) })).toEqual(PAYLOAD);
  });

  test("refuses it by another secret", () => {
    expect(() => new Webhook(ANOTHER_SECRET).verify(BODY, { ...signed() })).toThrow(WebhookVerificationError);
  });

  test("signs what is verified here", () => {
    const at = new Date();
    const headers = {
      "webhook-id": ID,
      "webhook-timestamp": String(Math.floor(at.getTime() / 1000)),
      "webhook-signature": new Webhook(SECRET).sign(ID, at, BODY),
    };
    expect(verifyWebhook(BODY, headers, SECRET)).toEqual(PAYLOAD);
  });
});
