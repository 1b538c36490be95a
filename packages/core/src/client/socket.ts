import { createClient, type Sink } from "graphql-ws/client";
import { type Backoff, backoffMs, wait } from "./retry.ts";

/** What a socket is made with. */
export interface SocketOptions extends Backoff {
  /** Of the GraphQL API: `http:` or `https:`. */
  url: string;
  /** A `WebSocket` class, where the runtime has none. */
  webSocketImpl?: unknown;
  /** How long the gateway may say nothing, in milliseconds, before it is asked for a sign of life. */
  keepAliveMs: number;
}

/** One websocket for all subscriptions: opened by the first, closed after the last, and reopened when it breaks. */
export interface Socket {
  /**
   * Begins a subscription and returns how to end it, which may be called again. After a reconnect it is sent anew, with
   * its variables as they are by then.
   */
  subscribe(payload: { query: string; variables: object }, sink: Sink): () => void;
  /** Calls back when the connection was lost and is there again. Returns how to stop that. */
  onReconnected(listener: () => void): () => void;
}

/** Close codes by which the gateway refuses this client: trying again would change nothing. */
const REFUSALS: readonly unknown[] = [4400, 4401, 4403, 4406];

/** Whether what ended a connection says that another would end so too. */
export function isRefusal(reason: unknown): reason is { code: number; reason: string } {
  return reason instanceof Object && "code" in reason && REFUSALS.includes(reason.code);
}

export function createSocket({ url, webSocketImpl, keepAliveMs, ...backoff }: SocketOptions): Socket {
  let subscriptions = 0;
  let unused = new AbortController();
  let open = false;
  let watchdog: ReturnType<typeof setTimeout> | undefined;
  const calm = () => clearTimeout(watchdog);
  const gone = () => {
    open = false;
    calm();
  };

  const client = createClient({
    url: url.replace(/^http/, "ws"),
    webSocketImpl,
    keepAlive: keepAliveMs,
    connectionAckWaitTimeout: keepAliveMs,
    retryAttempts: Number.POSITIVE_INFINITY,
    shouldRetry: (reason) => !isRefusal(reason),
    // Must not reject; and once nobody waits for a connection any more, the timer would only keep the process alive.
    retryWait: (retries) => wait(backoffMs(backoff, retries), unused.signal).catch(() => {}),
    on: {
      // A network that is gone does not close a socket. Only an answer that does not come tells.
      ping: (received) => {
        if (received) return;
        calm();
        watchdog = setTimeout(() => client.terminate(), keepAliveMs);
      },
      pong: calm,
      connected: () => {
        open = true;
      },
      closed: gone,
      error: gone,
    },
  });

  return {
    subscribe(payload, sink) {
      if (subscriptions++ === 0) unused = new AbortController();
      const stop = client.subscribe({ ...payload, variables: payload.variables as Record<string, unknown> }, sink);
      let stopped = false;
      return () => {
        if (stopped) return;
        stopped = true;
        if (--subscriptions === 0) unused.abort();
        // Not now: stopped while it hands out a message, graphql-ws would take a `complete` that came in the same chunk for
        // a second end, count one user of the socket too few, and never close it.
        queueMicrotask(stop);
      };
    },
    onReconnected(listener) {
      let connectedBefore = open;
      return client.on("connected", () => {
        if (connectedBefore) listener();
        connectedBefore = true;
      });
    },
  };
}
