import { wait } from "./abortable.ts";
import { type EventStreamsOptions, subscribeByEvents } from "./event-streams.ts";
import type { Pace } from "./pace.ts";
import { networkError, ReelwireError } from "./reelwire-error.ts";
import type { Socket } from "./socket.ts";
import { createStreamPlaces } from "./stream-places.ts";
import type { Subscribe, Subscriber, Subscription, Transport } from "./subscription.ts";

/** What is subscribed with over HTTP. */
export interface WithoutWebsocketOptions extends EventStreamsOptions {
  transports: readonly Transport[];
  socket: Socket;
  pace: Pace;
}

/** In so many times the longest silence of a websocket it is tried again. */
const SOCKET_AGAIN = 6;

/** In so many times the longest silence of a websocket it is tried again to get event streams through. */
const STREAMS_AGAIN = 30;

/**
 * Subscribes over HTTP, where the websocket does not get through: by event streams, and where these do not either, or there are too
 * many, by polling. Tries the websocket again from time to time; when it gets through, what was subscribed here is completed, to
 * be begun again there.
 */
export function createWithoutWebsocket(options: WithoutWebsocketOptions): Subscribe {
  const { socket, pace, transports, keepAliveMs } = options;
  const inPlace = createStreamPlaces(options.url);
  /** Before which no event streams are tried. */
  let streamsAt = 0;

  async function byEvents<TResult>(subscription: Subscription, subscriber: Subscriber<TResult>, signal: AbortSignal) {
    if (!transports.includes("sse") || Date.now() < streamsAt) return null;
    const open = async () => {
      const over = await subscribeByEvents(options, subscription, subscriber, signal);
      if (over === null) streamsAt = Date.now() + STREAMS_AGAIN * keepAliveMs;
      return over;
    };
    return transports.includes("polling") ? await inPlace(open) : await open();
  }
  async function byPolling<TResult>({ poll, begun = () => {} }: Subscriber<TResult>, signal: AbortSignal) {
    if (!transports.includes("polling") || poll === undefined) throw networkError(undefined);
    return Promise.race([poll(begun, signal), wait(STREAMS_AGAIN * keepAliveMs, signal).then(() => false)]);
  }
  async function overHttp<TResult>(subscription: Subscription, subscriber: Subscriber<TResult>, signal: AbortSignal) {
    let isBegun = false;
    const watched: Subscriber<TResult> = {
      ...subscriber,
      next(data) {
        pace.works();
        return subscriber.next(data);
      },
      begun() {
        isBegun = true;
        subscriber.begun?.();
      },
    };
    try {
      return (await byEvents(subscription, watched, signal)) ?? (await byPolling(watched, signal));
    } catch (error) {
      if (!isBegun && error instanceof ReelwireError && error.code === "NETWORK") {
        // Nothing gets through at all: that websockets and event streams do not, says nothing of them.
        streamsAt = 0;
        socket.tries = 1;
      }
      throw error;
    }
  }
  /** Resolves when the websocket gets through, and takes more. */
  async function overSocket(signal: AbortSignal): Promise<false> {
    for (;;) {
      await wait(SOCKET_AGAIN * keepAliveMs, signal);
      try {
        await socket.probe(signal);
        if (!socket.isFull) return false;
      } catch {}
    }
  }

  return async (subscription, subscriber, signal) => {
    const left = new AbortController();
    const here = AbortSignal.any([signal, left.signal]);
    try {
      const http = overHttp(subscription, subscriber, here);
      return await (transports.includes("websocket") ? Promise.race([http, overSocket(here)]) : http);
    } finally {
      left.abort();
    }
  };
}
