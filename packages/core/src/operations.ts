// For those who send requests in a way of their own, as automation platforms must: what to send, and what an answer means.

export * from "./client/generated/operations.ts";
export type * from "./client/generated/schema.ts";
export { newIdempotencyKey } from "./client/idempotency-key.ts";
export { type Answered, readAnswer, readAnswered } from "./client/read-answer.ts";
export { ReelwireError, type ReelwireErrorCode } from "./client/reelwire-error.ts";
export type { TypedDocument } from "./client/typed-document.ts";
export type { UploadedImage } from "./client/upload-image.ts";
export type { CanceledVideo, CreatedVideo, Video, VideoPage } from "./client/video.ts";
export type { CreatedWebhook, RotatedWebhookSecret, Webhook } from "./client/webhook.ts";
