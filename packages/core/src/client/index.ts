export type { InputIssue } from "../api-error.ts";
export { isFinal } from "../video.ts";
export { cancelVideo } from "./cancel-video.ts";
export { createReelwireClient, type ReelwireClient } from "./client.ts";
export { type Connection, createConnection, type ReelwireClientOptions } from "./connection.ts";
export { createVideo } from "./create-video.ts";
export { findVideo } from "./find-video.ts";
export type {
  AccessToken,
  AspectRatio,
  CreateVideoInput,
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
} from "./generated/schema.ts";
export { newIdempotencyKey } from "./idempotency-key.ts";
export { listModels } from "./list-models.ts";
export { type ListUsageArgs, listUsage } from "./list-usage.ts";
export { type ListVideosArgs, listVideos } from "./list-videos.ts";
export { quoteVideo } from "./quote-video.ts";
export {
  CLIENT_ERROR_CODES,
  type ClientErrorCode,
  type ExceededBudget,
  ReelwireError,
  type ReelwireErrorCode,
} from "./reelwire-error.ts";
export type { CallOptions } from "./send.ts";
export { sendOperation } from "./send-operation.ts";
export type { Transport } from "./subscription.ts";
export type { TokenSource } from "./token.ts";
export type { TypedDocument } from "./typed-document.ts";
export { type UploadedImage, uploadImage } from "./upload-image.ts";
export type { CanceledVideo, CreatedVideo, Video, VideoPage } from "./video.ts";
export { type WatchActivityOptions, watchActivity } from "./watch-activity.ts";
export { type WatchVideoOptions, watchVideo } from "./watch-video.ts";
