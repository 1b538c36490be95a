import { type Connection, parts } from "./connection.ts";
import {
  type VideoStatusSubscription,
  type VideoStatusSubscriptionVariables,
  videoStatusDocument,
} from "./generated/operations.ts";
import { keepSubscribed } from "./keep-subscribed.ts";
import { pulled } from "./pulled.ts";
import type { Video } from "./video.ts";
import { received, taken, watchingFrom } from "./watch-state.ts";

/** How to watch one video. */
export interface WatchVideoOptions {
  /** The last version already seen: begins with the one after it. Left out, begins with the video as it is now. */
  afterVersion?: number | null | undefined;
  /** Ends the watching: the iterator throws the signal's reason, also while it waits. */
  signal?: AbortSignal | undefined;
}

/**
 * The video as it is now, then every later version in order, none twice and none skipped, whatever happens to the
 * connection or the gateway; it ends after the final one. A look at the upstream that changed nothing comes as the
 * same version with a newer `lastCheckedAt` and `progress`; of several such only the newest is kept for a slow reader.
 * It is begun by the first `next` and ended by `break`, `return()` or the signal. Throws `NOT_FOUND` where there is
 * no such video, and `TOKEN_UNAVAILABLE` where `token` says that there is none any more.
 */
export function watchVideo(
  connection: Connection,
  id: string,
  { afterVersion = null, signal }: WatchVideoOptions = {},
): AsyncIterableIterator<Video, undefined> {
  let state = watchingFrom(afterVersion);
  let told = true;
  const variables: VideoStatusSubscriptionVariables = { id, afterVersion };

  return pulled<Video>(
    [connection[parts].closed, signal],
    () => {
      const [video] = state.pending;
      state = taken(state);
      return video;
    },
    (signal, wake) => {
      const next = (video: Video) => {
        state = received(state, video);
        variables.afterVersion = state.seen?.version ?? null;
        told = true;
        wake();
        return state.final;
      };
      const subscriber = {
        next: ({ videoStatus }: VideoStatusSubscription) => next(videoStatus),
        poll: async (begun: () => void, signal: AbortSignal) =>
          (await import("./poll-video.ts")).pollVideo(connection, id, next, begun, signal),
        // Without the final version: either the gateway is closing, or it was seen before this began, which shows when all
        // is told again.
        completed() {
          if (!told) variables.afterVersion = 0;
          told = false;
        },
      };
      return keepSubscribed(connection, videoStatusDocument, variables, subscriber, signal);
    },
  );
}
