import { createHmac } from "node:crypto";
import { type SignedHeaders, signWebhook } from "../../src/webhooks/index.ts";

export const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
export const ANOTHER_SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

export const ID = "delivery_01kb3xrg9pf4bs2gq3yj3zc2tm";

/** With characters of two, three and four bytes, and what JSON escapes. */
export const PAYLOAD = {
  type: "video.completed",
  timestamp: "2026-11-22T09:00:58.110Z",
  payloadVersion: 1,
  data: { id: "video_01kaqg3v7hf0ctq9x2d3s8g4rn", prompt: 'Ein Boot, "naß" → 雨 🚣\n' },
};
export const BODY = JSON.stringify(PAYLOAD);

/** As the gateway signs a delivery now. */
export function signed(secrets: readonly string[] = [SECRET], body = BODY): SignedHeaders {
  return signWebhook(ID, new Date(), body, secrets);
}

/** A signature as the specification describes it, by nothing but Node. */
export function signedByHand(secret: string, timestamp: string, body = BODY): string {
  const key = Buffer.from(secret.slice("whsec_".length), "base64");
  return `v1,${createHmac("sha256", key).update(`${ID}.${timestamp}.${body}`).digest("base64")}`;
}
