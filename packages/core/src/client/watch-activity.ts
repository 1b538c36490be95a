import { type Connection, parts } from "./connection.ts";
import { videoActivityDocument } from "./generated/operations.ts";
import { keepSubscribed } from "./keep-subscribed.ts";
import { pulled } from "./pulled.ts";
import type { Video } from "./video.ts";

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

/**
 * Every video that you may see, each time something about it changes, from now on; for a slow reader only the newest of
 * each video is kept. What happened while the connection was lost is not told: see `onReconnect`. It does not end by itself.
 */
export function watchActivity(
  connection: Connection,
  { signal, onReconnect }: WatchActivityOptions = {},
): AsyncIterableIterator<Video, undefined> {
  const { socket, closed, ...backoff } = connection[parts];
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
