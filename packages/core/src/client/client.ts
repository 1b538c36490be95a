import {
  cancelVideoDocument,
  createVideoDocument,
  findVideoDocument,
  type ListVideosQueryVariables,
  listModelsDocument,
  listVideosDocument,
  quoteVideoDocument,
} from "./generated/operations.ts";
import type { CreateVideoInput, Model, Quote } from "./generated/schema.ts";
import { ReelwireError } from "./reelwire-error.ts";
import { type CallOptions, createRequest, type SendOperation } from "./request.ts";
import { retrying } from "./retry.ts";
import { createSocket } from "./socket.ts";
import { createTokens, type TokenSource } from "./token.ts";
import type { CanceledVideo, CreatedVideo, Video, VideoPage } from "./video.ts";
import { type WatchActivityOptions, watchActivity } from "./watch-activity.ts";
import { type WatchVideoOptions, watchVideo } from "./watch-video.ts";

/** How to reach a gateway. */
export interface ReelwireClientOptions {
  /**
   * Where its GraphQL API is: `http://127.0.0.1:4000/graphql`. In a browser it may be relative to the page. Websockets are
   * opened at the same address.
   */
  url: string;
  /**
   * An API key or access token, or a function that gives one. A function is asked when a token is first needed, shortly before
   * the end of one that a websocket was opened with, and once again when the gateway refuses one; calls that need it
   * at the same time share its answer. When it throws, or takes longer than `timeoutMs`, that is `TOKEN_UNAVAILABLE`, and it is
   * asked again: by calls as `retries` says, by watching for as long as it takes, as when there is no network. When it gives
   * `null`, or throws a `ReelwireError` that is not `retryable`, there will be no token any more: calls and all watching end at
   * once. A token is sent to `url` and nowhere else. Default: none.
   */
  token?: TokenSource | undefined;
  /** How requests are sent. Default: the runtime's `fetch`. */
  fetch?: typeof globalThis.fetch | undefined;
  /** A `WebSocket` class, for runtimes that have none. Default: the runtime's. */
  webSocketImpl?: unknown;
  /** From sending a request to the end of its answer, in milliseconds. Default: 60,000, since images may be uploaded. */
  timeoutMs?: number | undefined;
  /** How often `createVideo` and the other calls, but not `request`, are tried again; watching is without end. Default: 3. */
  retries?: number | undefined;
  /** Before the first retry or reconnect, in milliseconds; doubled for each further one, less up to half. Default: 500. */
  retryDelayMs?: number | undefined;
  /**
   * The longest wait before a retry or reconnect, in milliseconds. A call that is told by the gateway to wait longer fails with
   * `RATE_LIMITED`. Default: 10,000.
   */
  maxRetryDelayMs?: number | undefined;
  /**
   * After so long without a word the gateway is asked for a sign of life, in milliseconds; the connection counts as lost
   * when as long again passes without one. Default: 10,000.
   */
  keepAliveMs?: number | undefined;
}

/** Which videos to list, and which page of them. */
export type ListVideosArgs = ListVideosQueryVariables;

/**
 * The gateway's client. Every call throws `ReelwireError`, or the reason of its signal when that aborted it. All but
 * `request` are tried again when the gateway could not be reached, was restarting or had too much of you, and when there was no
 * token; each of them is safe to repeat.
 */
export interface ReelwireClient {
  /**
   * Sends an operation of your own over HTTP, once; again only with another token, where the gateway refused the one before.
   *
   * @param document its text, or a document of GraphQL Code Generator's string mode
   */
  request: SendOperation;
  /**
   * Asks for a video, and answers as soon as it is saved. Nothing is paid for twice: where the input has no
   * `idempotencyKey` a random one is added, and every retry sends the same. To send a request again yourself, say after a
   * `NETWORK` error or a restart, give a key of your own.
   */
  createVideo(input: CreateVideoInput, options?: CallOptions): Promise<CreatedVideo>;
  /** What that video would cost. Nothing is made, and the price is not kept: `maxUsd` holds `createVideo` to one. */
  quoteVideo(input: CreateVideoInput, options?: CallOptions): Promise<Quote>;
  /** The video as it is now; `null` when there is no such video, or it is not yours. */
  video(id: string, options?: CallOptions): Promise<Video | null>;
  /** A page of videos, the newest first. */
  videos(args?: ListVideosArgs, options?: CallOptions): Promise<VideoPage>;
  /** Ends a video that is not finished. What was sent upstream may still be charged; the answer says so. */
  cancelVideo(id: string, options?: CallOptions): Promise<CanceledVideo>;
  /** What videos can be asked of, the default first. */
  models(options?: CallOptions): Promise<readonly Model[]>;
  /**
   * The video as it is now, then every later version in order, none twice and none skipped, whatever happens to the
   * connection or the gateway; it ends after the final one. A look at the upstream that changed nothing comes as the
   * same version with a newer `lastCheckedAt` and `progress`; of several such only the newest is kept for a slow reader.
   * It is begun by the first `next` and ended by `break`, `return()` or the signal. Throws `NOT_FOUND` where there is
   * no such video, and `TOKEN_UNAVAILABLE` where `token` says that there is none any more.
   */
  watchVideo(id: string, options?: WatchVideoOptions): AsyncIterableIterator<Video, undefined>;
  /**
   * Every video that you may see, each time something about it changes, from now on; for a slow reader only the newest of
   * each video is kept. What happened while the connection was lost is not told: see `onReconnect`. It does not end by itself.
   */
  watchActivity(options?: WatchActivityOptions): AsyncIterableIterator<Video, undefined>;
  /** Ends all watching with a `CLOSED` error, and closes the websocket. Requests under way are answered. */
  close(): void;
}

/**
 * A client for one gateway, over HTTP and one websocket, which is open only while something is watched.
 *
 * @throws {TypeError} when `url` is no http(s) address, or `token` can be none
 */
export function createReelwireClient({
  url: address,
  token,
  fetch,
  webSocketImpl,
  timeoutMs = 60_000,
  retries = 3,
  retryDelayMs = 500,
  maxRetryDelayMs = 10_000,
  keepAliveMs = 10_000,
}: ReelwireClientOptions): ReelwireClient {
  const url = resolveUrl(address);
  const backoff = { retries, retryDelayMs, maxRetryDelayMs };
  const tokens = createTokens(token, timeoutMs);
  const send: typeof globalThis.fetch = (...args) => (fetch ?? globalThis.fetch)(...args);
  const request = createRequest({ url, fetch: send, timeoutMs, tokens });
  const repeated: SendOperation = (document, variables, options) =>
    retrying(backoff, options?.signal, () => request(document, variables, options));
  const closing = new AbortController();
  const context = {
    socket: createSocket({ url, webSocketImpl, keepAliveMs, tokens, ...backoff }),
    request,
    closed: closing.signal,
    ...backoff,
  };

  return {
    request,
    async createVideo(input, options) {
      const idempotencyKey = input.idempotencyKey ?? randomKey();
      const { createVideo } = await repeated(createVideoDocument, { input: { ...input, idempotencyKey } }, options);
      // With a key of ours, "used before" only means that the answer to an earlier try of this very call was lost.
      return input.idempotencyKey == null ? { ...createVideo, reused: false } : createVideo;
    },
    async quoteVideo(input, options) {
      return (await repeated(quoteVideoDocument, { input }, options)).quoteVideo;
    },
    async video(id, options) {
      return (await repeated(findVideoDocument, { id }, options)).video;
    },
    async videos(args = {}, options) {
      return (await repeated(listVideosDocument, args, options)).videos;
    },
    async cancelVideo(id, options) {
      return (await repeated(cancelVideoDocument, { id }, options)).cancelVideo;
    },
    async models(options) {
      return (await repeated(listModelsDocument, {}, options)).models;
    },
    watchVideo: (id, options = {}) => watchVideo(context, id, options),
    watchActivity: (options = {}) => watchActivity(context, options),
    close() {
      closing.abort(new ReelwireError({ code: "CLOSED", message: "The client was closed.", retryable: false }));
    },
  };
}

function resolveUrl(address: string): string {
  const { href, protocol } = new URL(address, (globalThis as { location?: { href: string } }).location?.href);
  if (protocol !== "http:" && protocol !== "https:") throw new TypeError(`Not an http(s) address: ${address}`);
  return href;
}

/** Unlike `randomUUID`, also there on pages that were not loaded over https. */
function randomKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
