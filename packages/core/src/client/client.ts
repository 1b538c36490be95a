import { cancelVideo } from "./cancel-video.ts";
import { type Connection, createConnection, type ReelwireClientOptions } from "./connection.ts";
import { createVideo } from "./create-video.ts";
import { createWebhook } from "./create-webhook.ts";
import { deleteWebhook } from "./delete-webhook.ts";
import { enableWebhook } from "./enable-webhook.ts";
import { findVideo } from "./find-video.ts";
import { findWebhook } from "./find-webhook.ts";
import type { CreateVideoInput, CreateWebhookInput, Model, Quote, Usage, WebhookDelivery } from "./generated/schema.ts";
import { listModels } from "./list-models.ts";
import { type ListUsageArgs, listUsage } from "./list-usage.ts";
import { type ListVideosArgs, listVideos } from "./list-videos.ts";
import { type ListWebhookDeliveriesArgs, listWebhookDeliveries } from "./list-webhook-deliveries.ts";
import { listWebhooks } from "./list-webhooks.ts";
import { quoteVideo } from "./quote-video.ts";
import { redeliverWebhook } from "./redeliver-webhook.ts";
import { rotateWebhookSecret } from "./rotate-webhook-secret.ts";
import type { CallOptions } from "./send.ts";
import { sendOperation } from "./send-operation.ts";
import type { TypedDocument } from "./typed-document.ts";
import { type UploadedImage, uploadImage } from "./upload-image.ts";
import type { CanceledVideo, CreatedVideo, Video, VideoPage } from "./video.ts";
import { type WatchActivityOptions, watchActivity } from "./watch-activity.ts";
import { type WatchVideoOptions, watchVideo } from "./watch-video.ts";
import type { CreatedWebhook, RotatedWebhookSecret, Webhook } from "./webhook.ts";

/**
 * The gateway's client. Every call throws `ReelwireError`, or the reason of its signal when that aborted it. All but
 * `request` and `rotateWebhookSecret` are tried again when the gateway could not be reached, was restarting or had too much of you, and when there was no
 * token; each of them is safe to repeat. Each method is the function whose name is in its description, on this connection.
 */
export interface ReelwireClient extends Connection {
  /** `sendOperation`: an operation of your own, sent over HTTP, once. */
  request<TResult, TVariables>(
    document: TypedDocument<TResult, TVariables>,
    variables: TVariables,
    options?: CallOptions,
  ): Promise<TResult>;
  /** `createVideo`: asks for a video, and answers as soon as it is saved. */
  createVideo(input: CreateVideoInput, options?: CallOptions): Promise<CreatedVideo>;
  /** `quoteVideo`: what that video would cost. */
  quoteVideo(input: CreateVideoInput, options?: CallOptions): Promise<Quote>;
  /** `findVideo`: the video as it is now, or `null`. */
  video(id: string, options?: CallOptions): Promise<Video | null>;
  /** `listVideos`: a page of videos, the newest first. */
  videos(args?: ListVideosArgs, options?: CallOptions): Promise<VideoPage>;
  /** `cancelVideo`: ends a video that is not finished. */
  cancelVideo(id: string, options?: CallOptions): Promise<CanceledVideo>;
  /** `listModels`: what videos can be asked of, the default first. */
  models(options?: CallOptions): Promise<readonly Model[]>;
  /** `listUsage`: what videos came to. */
  usage(args: ListUsageArgs, options?: CallOptions): Promise<readonly Usage[]>;
  /** `uploadImage`: gives the gateway an image, for `createVideo` to begin or end with. */
  uploadImage(image: Blob, options?: CallOptions): Promise<UploadedImage>;
  /** `watchVideo`: the video as it is now, then every later version, to the final one. */
  watchVideo(id: string, options?: WatchVideoOptions): AsyncIterableIterator<Video, undefined>;
  /** `watchActivity`: every video that you may see, each time something about it changes. */
  watchActivity(options?: WatchActivityOptions): AsyncIterableIterator<Video, undefined>;
  /** `createWebhook`: has an address be told how videos end. */
  createWebhook(input: CreateWebhookInput, options?: CallOptions): Promise<CreatedWebhook>;
  /** `deleteWebhook`: ends a webhook. */
  deleteWebhook(id: string, options?: CallOptions): Promise<Webhook>;
  /** `enableWebhook`: switches a webhook on again that was switched off. */
  enableWebhook(id: string, options?: CallOptions): Promise<Webhook>;
  /** `findWebhook`: the webhook as it is now, or `null`. */
  webhook(id: string, options?: CallOptions): Promise<Webhook | null>;
  /** `listWebhooks`: all of them, the newest first. */
  webhooks(options?: CallOptions): Promise<readonly Webhook[]>;
  /** `listWebhookDeliveries`: what was sent, or is about to be, with every attempt. */
  webhookDeliveries(args?: ListWebhookDeliveriesArgs, options?: CallOptions): Promise<readonly WebhookDelivery[]>;
  /** `rotateWebhookSecret`: makes a new secret of a webhook, or with `null` of the project. */
  rotateWebhookSecret(id: string | null, options?: CallOptions): Promise<RotatedWebhookSecret>;
  /** `redeliverWebhook`: tries a delivery again, at once. */
  redeliverWebhook(deliveryId: string, options?: CallOptions): Promise<WebhookDelivery>;
}

/**
 * A client for one gateway, over HTTP and one websocket, which is open only while something is watched.
 *
 * @throws {TypeError} when `url` is no http(s) address, or `token` can be none
 */
export function createReelwireClient(options: ReelwireClientOptions): ReelwireClient {
  const connection = createConnection(options);
  return {
    ...connection,
    request: (document, variables, options) => sendOperation(connection, document, variables, options),
    createVideo: (input, options) => createVideo(connection, input, options),
    quoteVideo: (input, options) => quoteVideo(connection, input, options),
    video: (id, options) => findVideo(connection, id, options),
    videos: (args, options) => listVideos(connection, args, options),
    cancelVideo: (id, options) => cancelVideo(connection, id, options),
    models: (options) => listModels(connection, options),
    usage: (args, options) => listUsage(connection, args, options),
    uploadImage: (image, options) => uploadImage(connection, image, options),
    watchVideo: (id, options) => watchVideo(connection, id, options),
    watchActivity: (options) => watchActivity(connection, options),
    createWebhook: (input, options) => createWebhook(connection, input, options),
    deleteWebhook: (id, options) => deleteWebhook(connection, id, options),
    enableWebhook: (id, options) => enableWebhook(connection, id, options),
    webhook: (id, options) => findWebhook(connection, id, options),
    webhooks: (options) => listWebhooks(connection, options),
    webhookDeliveries: (args, options) => listWebhookDeliveries(connection, args, options),
    rotateWebhookSecret: (id, options) => rotateWebhookSecret(connection, id, options),
    redeliverWebhook: (id, options) => redeliverWebhook(connection, id, options),
  };
}
