export type { WebhookEventType } from "../webhook.ts";
export { type SignedHeaders, signWebhook } from "./sign-webhook.ts";
export {
  type ReceivedHeaders,
  verifyWebhook,
  type WebhookPayload,
  WebhookVerificationError,
} from "./verify-webhook.ts";
