import { videoActivityDocument } from "./generated/operations.ts";
import { keepSubscribed } from "./keep-subscribed.ts";
import { pulled } from "./pulled.ts";
import type { Video } from "./video.ts";
import type { WatchContext } from "./watch-video.ts";

/** How to watch all videos. */
export interface WatchActivityOptions {
  /** Ends the watching: the iterator throws the signal's reason, also while it waits. */
  signal?: AbortSignal | undefined;
  /**
   * Called, at least once, when the watching was interrupted and goes on. Something may have been missed: read `videos`
   * again.
   */
  onReconnect?: (() => void) | undefined;
}

/** `ReelwireClient.watchActivity`. */
export function watchActivity(
  { socket, closed, ...backoff }: WatchContext,
  { signal, onReconnect }: WatchActivityOptions,
): AsyncIterableIterator<Video, undefined> {
  const pending = new Map<string, Video>();

  return pulled<Video>(signal === undefined ? closed : AbortSignal.any([signal, closed]), {
    begin(wake, end) {
      // Told on its own turn, since it is the caller's and may throw.
      const resumed = () => queueMicrotask(() => onReconnect?.());
      const stopListening = socket.onReconnected(resumed);
      const stop = keepSubscribed(
        socket,
        backoff,
        videoActivityDocument,
        {},
        {
          next({ videoActivity: video }) {
            pending.set(video.id, video);
            wake();
          },
          failed: end,
          isOver: async () => false,
          over: end,
          begunAgain: resumed,
        },
      );
      return () => {
        stopListening();
        stop();
      };
    },
    take() {
      for (const [id, video] of pending) {
        pending.delete(id);
        return video;
      }
      return undefined;
    },
  });
}
