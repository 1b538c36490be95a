import { unlessAborted, wait } from "./abortable.ts";
import { type EventStreamsOptions, subscribeByEvents } from "./event-streams.ts";
import type { Pace } from "./pace.ts";
import { networkError, ReelwireError } from "./reelwire-error.ts";
import { type Sender, send } from "./send.ts";
import { SILENCE, type Socket } from "./socket.ts";
import { createStreamPlaces } from "./stream-places.ts";
import type { Subscribe, Subscriber, Subscription, Transport } from "./subscription.ts";

/** What is subscribed with over HTTP. */
export interface WithoutWebsocketOptions extends EventStreamsOptions, Sender {
  transports: readonly Transport[];
  socket: Socket;
  pace: Pace;
}

/** What says that the gateway is there, whatever it answers. */
const ANYTHING = JSON.stringify({ query: "{__typename}" });

/** With these codes it may not have been the gateway that answered, or not one that is ready. */
const NOT_THERE: readonly unknown[] = ["NETWORK", "BAD_ANSWER", "UNAVAILABLE"];

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
  const viaSocket = transports.includes("websocket");
  /** Before which no event streams are tried. */
  let streamsAt = 0;
  /** Whether the websocket does not get through where requests do. */
  let isBlocked = false;
  let finding: Promise<boolean> | undefined;

  /** A gateway that is away looks as one whose websockets and streams are blocked. Throws `NETWORK` where it is away. */
  async function assertThere(): Promise<void> {
    const sent = { url: options.url, type: "application/json", body: ANYTHING };
    try {
      await send(options, sent, ({ data }: { data?: object }) => data, { signal: AbortSignal.timeout(keepAliveMs) });
    } catch (error) {
      if (!(error instanceof ReelwireError) || NOT_THERE.includes(error.code)) throw networkError(error);
    }
  }
  /** Tries once more, since it may have been away before. */
  async function findBlocked(): Promise<boolean> {
    const wasSilent = socket.tries >= SILENCE;
    await assertThere();
    if (wasSilent) return true;
    try {
      await socket.probe(AbortSignal.timeout(2 * keepAliveMs));
      return false;
    } catch {
      return socket.tries > 0;
    }
  }

  async function byEvents<TResult>(subscription: Subscription, subscriber: Subscriber<TResult>, signal: AbortSignal) {
    if (!transports.includes("sse") || Date.now() < streamsAt) return null;
    const open = async () => {
      const begunAt = Date.now();
      let over = await subscribeByEvents(options, subscription, subscriber, signal);
      if (over === null) {
        await assertThere();
        const wasRefused = Date.now() - begunAt < keepAliveMs;
        if (wasRefused) over = await subscribeByEvents(options, subscription, subscriber, signal);
      }
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
        away();
      }
      throw error;
    }
  }
  function away() {
    streamsAt = 0;
    isBlocked = false;
    socket.tries = 1;
  }
  /** Resolves when the websocket gets through, and takes more. */
  async function overSocket(signal: AbortSignal): Promise<false> {
    for (;;) {
      await wait(SOCKET_AGAIN * keepAliveMs, signal);
      try {
        await socket.probe(signal);
        isBlocked = false;
        if (!socket.isFull) return false;
      } catch {}
    }
  }

  return async (subscription, subscriber, signal) => {
    if (viaSocket && !isBlocked && !socket.isFull) {
      finding ??= findBlocked().finally(() => {
        finding = undefined;
      });
      try {
        isBlocked = await unlessAborted(finding, signal);
      } catch (error) {
        if (!signal.aborted) away();
        throw error;
      }
      if (!isBlocked) return socket.subscribe(subscription, subscriber, signal);
    }
    const left = new AbortController();
    const here = AbortSignal.any([signal, left.signal]);
    try {
      const http = overHttp(subscription, subscriber, here);
      return await (viaSocket ? Promise.race([http, overSocket(here)]) : http);
    } finally {
      left.abort();
    }
  };
}
