import { createPace, type Pace } from "./pace.ts";
import { ReelwireError } from "./reelwire-error.ts";
import type { Backoff } from "./retry.ts";
import type { Sender } from "./send.ts";
import { createSocket } from "./socket.ts";
import type { Subscribe, Transport } from "./subscription.ts";
import type { TokenSource } from "./token.ts";
import { createTokens } from "./tokens.ts";
import { createTransport } from "./transport.ts";

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
   * once. A token is sent to the gateway and nowhere else. Default: none.
   */
  token?: TokenSource | undefined;
  /**
   * By what watching may reach the gateway. The websocket is the first choice, server-sent events the second, and asking again
   * and again the last, in whatever order they stand here. Default: all three.
   */
  transports?: readonly Transport[] | undefined;
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

/** What the functions of this client work with. */
export interface Parts extends Sender, Backoff {
  url: string;
  retries: number;
  keepAliveMs: number;
  pace: Pace;
  /** Subscribes by what gets through now. */
  subscribe: Subscribe;
  /** Heeds the page, as long as something is watched: until the signal aborts. */
  heedPage(signal: AbortSignal): void;
  /** Aborts when the connection is closed, with the error that those who watch are told. */
  closed: AbortSignal;
}

/** Under which a connection has its parts. */
export const parts: unique symbol = Symbol("parts");

/** The way to one gateway, over HTTP and one websocket, which is open only while something is watched. */
export interface Connection {
  /** For the functions of this client alone. */
  readonly [parts]: Parts;
  /** Ends all watching with a `CLOSED` error, and closes the websocket. Requests under way are answered. */
  close(): void;
}

/**
 * The way to a gateway, which `createVideo`, `watchVideo` and the other functions take: a bundle has only those that are used.
 * `createReelwireClient` is the same with all of them as methods.
 *
 * @throws {TypeError} when `url` is no http(s) address, or `token` can be none
 */
export function createConnection({
  url: address,
  token,
  transports = ["websocket", "sse", "polling"],
  fetch,
  webSocketImpl,
  timeoutMs = 60_000,
  retries = 3,
  retryDelayMs = 500,
  maxRetryDelayMs = 10_000,
  keepAliveMs = 10_000,
}: ReelwireClientOptions): Connection {
  const url = resolveUrl(address);
  const backoff = { retryDelayMs, maxRetryDelayMs };
  const tokens = createTokens(token, { timeoutMs, ...backoff });
  const pace = createPace(backoff);
  const socket = createSocket({ url, webSocketImpl, keepAliveMs, tokens, pace });
  const closing = new AbortController();
  const options = {
    url,
    fetch: (...args: Parameters<typeof globalThis.fetch>) => (fetch ?? globalThis.fetch)(...args),
    timeoutMs,
    tokens,
    retries,
    ...backoff,
    transports,
    keepAliveMs,
    pace,
    socket,
  };

  function heedPage(signal: AbortSignal) {
    for (const event of ["online", "visibilitychange"]) {
      // A page that comes back, or a device that wakes up: what is not in a page has no such events.
      (globalThis as Partial<Pick<EventTarget, "addEventListener">>).addEventListener?.(
        event,
        () => {
          pace.wake();
          socket.check();
        },
        { signal },
      );
    }
  }
  return {
    [parts]: { ...options, subscribe: createTransport(options), heedPage, closed: closing.signal },
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
