export type { InputIssue } from "../api-error.ts";
export { isFinal } from "../video.ts";
export {
  createReelwireClient,
  type ListVideosArgs,
  type ReelwireClient,
  type ReelwireClientOptions,
} from "./client.ts";
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
  VideoCost,
  VideoError,
  VideoErrorCode,
  VideoFilter,
  VideoProgress,
  VideoStatus,
  WaitingReason,
} from "./generated/schema.ts";
export {
  CLIENT_ERROR_CODES,
  type ClientErrorCode,
  type ExceededBudget,
  ReelwireError,
  type ReelwireErrorCode,
} from "./reelwire-error.ts";
export type { CallOptions, SendOperation } from "./request.ts";
export type { TokenSource } from "./token.ts";
export type { TypedDocument } from "./typed-document.ts";
export type { CanceledVideo, CreatedVideo, Video, VideoPage } from "./video.ts";
export type { WatchActivityOptions } from "./watch-activity.ts";
export type { WatchVideoOptions } from "./watch-video.ts";
