import { createClient } from "graphql-ws/client";
import { type RenewAccessMutation, renewAccessDocument } from "./generated/operations.ts";
import { type AnsweredError, errorFromAnswer, ReelwireError } from "./reelwire-error.ts";
import { type Backoff, backoffMs, wait } from "./retry.ts";
import { type GivenToken, type Tokens, untilRenewal } from "./token.ts";

/** What a socket is made with. */
export interface SocketOptions extends Backoff {
  /** Of the GraphQL API: `http:` or `https:`. */
  url: string;
  /** A `WebSocket` class, where the runtime has none. */
  webSocketImpl?: unknown;
  /** How long the gateway may say nothing, in milliseconds, before it is asked for a sign of life. */
  keepAliveMs: number;
  tokens: Tokens;
}

/** What a subscription tells. None of these may throw. */
export interface Sink {
  next(answer: { data?: unknown; errors?: readonly AnsweredError[] | undefined }): void;
  /** Its end: the operation's errors, what closed the socket for good, or that there is no token. To be stopped then. */
  error(error: ReelwireError): void;
  complete(): void;
}

/**
 * One websocket for all subscriptions: opened by the first, closed after the last, and reopened when it breaks. Its token is
 * renewed while it is open; where the gateway ends it for its token, all subscriptions end with `UNAUTHENTICATED`, and where
 * there will be none any more, with `TOKEN_UNAVAILABLE`.
 */
export interface Socket {
  /**
   * Begins a subscription and returns how to end it, which may be called again. After a reconnect it is sent anew, with
   * its variables as they are by then.
   */
  subscribe(payload: { query: string; variables: object }, sink: Sink): () => void;
  /** Calls back when the connection was lost and is there again. Returns how to stop that. */
  onReconnected(listener: () => void): () => void;
}

/** Close codes by which the gateway refuses this client's token: one that is nobody's, has expired, or was revoked. */
const TOKEN_REFUSALS: readonly unknown[] = [4401, 4440, 4441];

/** Close codes by which the gateway refuses this client: trying again as before would change nothing. */
const REFUSALS: readonly unknown[] = [...TOKEN_REFUSALS, 4400, 4403, 4406];

export function createSocket({ url, webSocketImpl, keepAliveMs, tokens, ...backoff }: SocketOptions): Socket {
  const sinks = new Set<Sink>();
  let unused = new AbortController();
  let used = () => {};
  /** There while the connection is. */
  let connection: AbortController | null = null;
  /** What the gateway was sent last. */
  let sent: GivenToken = Promise.resolve(undefined);
  /** Whether the gateway refused a token, and is yet to be tried with another. */
  let refused = false;
  let watchdog: ReturnType<typeof setTimeout> | undefined;
  const calm = () => clearTimeout(watchdog);
  const gone = () => {
    connection?.abort();
    connection = null;
    calm();
  };
  // Once nobody waits for a connection any more, the timer would only keep the process alive.
  const pause = (tries: number) => wait(backoffMs(backoff, tries), unused.signal).catch(() => {});

  const client = createClient({
    // Must not reject. The token is had before a websocket is opened, since the gateway does not wait for long then.
    async url() {
      if (refused) await pause(0);
      for (let failures = 0; ; ) {
        if (unused.signal.aborted) await new Promise<void>((resolve) => (used = resolve));
        sent = tokens.get();
        try {
          await sent;
          return url.replace(/^http/, "ws");
        } catch (error) {
          // Perhaps there is no network just now: that is waited for as long as it takes.
          if (!endedByToken(error)) await pause(failures++);
        }
      }
    },
    async connectionParams() {
      const token = await sent;
      return token === undefined ? undefined : { token };
    },
    webSocketImpl,
    keepAlive: keepAliveMs,
    connectionAckWaitTimeout: keepAliveMs,
    retryAttempts: Number.POSITIVE_INFINITY,
    shouldRetry: (reason) => !endedBy(reason, REFUSALS),
    // Must not reject.
    retryWait: pause,
    on: {
      // A network that is gone does not close a socket. Only an answer that does not come tells.
      ping: (received) => {
        if (received) return;
        calm();
        watchdog = setTimeout(() => client.terminate(), keepAliveMs);
      },
      pong: calm,
      connected(_socket, acknowledgement) {
        connection = new AbortController();
        refused = false;
        if (tokens.renewable) keepRenewed(acknowledgement, connection.signal).catch(() => {});
      },
      closed(event) {
        gone();
        if (!endedBy(event, TOKEN_REFUSALS)) return;
        tokens.useUntil(sent);
        refused = tokens.renewable && !refused;
      },
      error: gone,
    },
  });

  /** Ends all subscriptions where there will be no token any more. Answers whether it did. */
  function endedByToken(error: unknown): boolean {
    if (!(error instanceof ReelwireError) || error.retryable || error.code !== "TOKEN_UNAVAILABLE") return false;
    for (const sink of sinks) sink.error(error);
    return true;
  }

  /** Renews ahead of each end, until the connection is lost or has no end. What fails is tried again until then. */
  async function keepRenewed(acknowledged: { expiresAt?: unknown } | undefined, lost: AbortSignal): Promise<void> {
    let access = acknowledged;
    for (let failures = 0; ; ) {
      const now = Date.now();
      const waitMs =
        failures === 0 ? untilRenewal(access?.expiresAt, now, Math.random()) : backoffMs(backoff, failures - 1);
      if (waitMs === null) return;
      tokens.useUntil(sent, now + waitMs);
      await wait(waitMs, lost);
      try {
        tokens.useUntil(sent);
        sent = tokens.get();
        access = await renewed(await sent, lost);
        failures = 0;
      } catch (error) {
        // The token before is good until the connection is lost.
        if (endedByToken(error)) return;
        failures++;
      }
    }
  }

  /** Hands a token over on the open connection. */
  function renewed(token: string | undefined, lost: AbortSignal): Promise<RenewAccessMutation["renewAccess"]> {
    lost.throwIfAborted();
    return new Promise((resolve, reject) => {
      const stop = client.subscribe<RenewAccessMutation>(
        { query: String(renewAccessDocument), variables: { token } },
        {
          next: ({ data }) => (data == null ? reject() : resolve(data.renewAccess)),
          error: reject,
          complete: reject,
        },
      );
      // Left alone, it would keep the socket open when nobody watches any more, and be sent again on the next.
      AbortSignal.any([lost, unused.signal]).addEventListener("abort", () => queueMicrotask(stop));
    });
  }

  /** What graphql-ws ends a subscription with: the operation's errors, or what closed the socket for good. */
  function errorFrom(reason: unknown): ReelwireError {
    if (Array.isArray(reason)) return errorFromAnswer(reason);
    if (!endedBy(reason, REFUSALS)) {
      return new ReelwireError({ code: "NETWORK", message: "The websocket broke.", retryable: true, cause: reason });
    }
    const ofToken = TOKEN_REFUSALS.includes(reason.code);
    return new ReelwireError({
      code: ofToken ? "UNAUTHENTICATED" : "SOCKET_REFUSED",
      message: `The gateway refused the websocket: ${reason.code} ${reason.reason}`,
      retryable: ofToken && refused,
      cause: reason,
    });
  }

  return {
    subscribe({ query, variables }, sink) {
      if (sinks.size === 0) unused = new AbortController();
      sinks.add(sink);
      used();
      const stop = client.subscribe(
        { query, variables: variables as Record<string, unknown> },
        { ...sink, error: (reason) => sink.error(errorFrom(reason)) },
      );
      return () => {
        if (!sinks.delete(sink)) return;
        if (sinks.size === 0) unused.abort();
        // Not now: stopped while it hands out a message, graphql-ws would take a `complete` that came in the same chunk for
        // a second end, count one user of the socket too few, and never close it.
        queueMicrotask(stop);
      };
    },
    onReconnected(listener) {
      let connectedBefore = connection !== null;
      return client.on("connected", () => {
        if (connectedBefore) listener();
        connectedBefore = true;
      });
    },
  };
}

/** Whether something tells of a websocket that was closed with one of these codes. */
function endedBy(reason: unknown, codes: readonly unknown[]): reason is { code: number; reason: string } {
  return reason instanceof Object && "code" in reason && codes.includes(reason.code);
}
