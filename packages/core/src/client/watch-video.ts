import { isFinal } from "../video.ts";
import {
  findVideoDocument,
  type VideoStatusSubscriptionVariables,
  videoStatusDocument,
} from "./generated/operations.ts";
import { keepSubscribed } from "./keep-subscribed.ts";
import { pulled } from "./pulled.ts";
import type { SendOperation } from "./request.ts";
import type { Backoff } from "./retry.ts";
import type { Socket } from "./socket.ts";
import type { Video } from "./video.ts";
import { received, taken, watchingFrom } from "./watch-state.ts";

/** What watching needs. */
export interface WatchContext extends Backoff {
  socket: Socket;
  request: SendOperation;
  /** Aborts when the client is closed, with the error that those who watch are told. */
  closed: AbortSignal;
}

/** How to watch one video. */
export interface WatchVideoOptions {
  /** The last version already seen: begins with the one after it. Left out, begins with the video as it is now. */
  afterVersion?: number | null | undefined;
  /** Ends the watching: the iterator throws the signal's reason, also while it waits. */
  signal?: AbortSignal | undefined;
}

/** `ReelwireClient.watchVideo`. */
export function watchVideo(
  { socket, request, closed, ...backoff }: WatchContext,
  id: string,
  { afterVersion = null, signal }: WatchVideoOptions,
): AsyncIterableIterator<Video, undefined> {
  let state = watchingFrom(afterVersion);
  const variables: VideoStatusSubscriptionVariables = { id, afterVersion };

  return pulled<Video>(signal === undefined ? closed : AbortSignal.any([signal, closed]), {
    begin: (wake, end) =>
      keepSubscribed(socket, backoff, videoStatusDocument, variables, {
        next({ videoStatus }) {
          state = received(state, videoStatus);
          variables.afterVersion = state.seen?.version ?? null;
          if (state.final) end();
          else wake();
        },
        failed: end,
        // Completed without the final version: either the gateway is closing, or it was seen before this began.
        async isOver(signal) {
          const { video } = await request(findVideoDocument, { id }, { signal }).catch(() => ({ video: null }));
          return video !== null && isFinal(video.status) && state.seen !== null && video.version <= state.seen.version;
        },
        over: end,
      }),
    take() {
      const [video] = state.pending;
      if (video !== undefined) state = taken(state);
      return video;
    },
  });
}
