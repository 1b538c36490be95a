export type { InputIssue } from "../api-error.ts";
export { isFinal } from "../video.ts";
export { cancelVideo } from "./cancel-video.ts";
export { createReelwireClient, type ReelwireClient } from "./client.ts";
export { type Connection, createConnection, type ReelwireClientOptions } from "./connection.ts";
export { createVideo } from "./create-video.ts";
export { createWebhook } from "./create-webhook.ts";
export { deleteWebhook } from "./delete-webhook.ts";
export { enableWebhook } from "./enable-webhook.ts";
export { findVideo } from "./find-video.ts";
export { findWebhook } from "./find-webhook.ts";
export type {
  AccessToken,
  AspectRatio,
  CreateVideoInput,
  CreateWebhookInput,
  Model,
  PageInfo,
  PersonGeneration,
  Quote,
  QuoteBasis,
  Resolution,
  Usage,
  UsageGroup,
  VideoCost,
  VideoError,
  VideoErrorCode,
  VideoFilter,
  VideoProgress,
  VideoStatus,
  WaitingReason,
  WebhookAttempt,
  WebhookDelivery,
  WebhookDeliveryStatus,
  WebhookDisabledReason,
  WebhookErrorCode,
  WebhookEvent,
  WebhookFilter,
  WebhookFilterInput,
} from "./generated/schema.ts";
export { newIdempotencyKey } from "./idempotency-key.ts";
export { listModels } from "./list-models.ts";
export { type ListUsageArgs, listUsage } from "./list-usage.ts";
export { type ListVideosArgs, listVideos } from "./list-videos.ts";
export { type ListWebhookDeliveriesArgs, listWebhookDeliveries } from "./list-webhook-deliveries.ts";
export { listWebhooks } from "./list-webhooks.ts";
export { quoteVideo } from "./quote-video.ts";
export { redeliverWebhook } from "./redeliver-webhook.ts";
export {
  CLIENT_ERROR_CODES,
  type ClientErrorCode,
  type ExceededBudget,
  ReelwireError,
  type ReelwireErrorCode,
} from "./reelwire-error.ts";
export { rotateWebhookSecret } from "./rotate-webhook-secret.ts";
export type { CallOptions } from "./send.ts";
export { sendOperation } from "./send-operation.ts";
export type { Transport } from "./subscription.ts";
export type { TokenSource } from "./token.ts";
export type { TypedDocument } from "./typed-document.ts";
export { type UploadedImage, uploadImage } from "./upload-image.ts";
export type { CanceledVideo, CreatedVideo, Video, VideoPage } from "./video.ts";
export { type WatchActivityOptions, watchActivity } from "./watch-activity.ts";
export { type WatchVideoOptions, watchVideo } from "./watch-video.ts";
export type { CreatedWebhook, RotatedWebhookSecret, Webhook } from "./webhook.ts";
