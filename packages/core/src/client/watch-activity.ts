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
  const pending = new Map<string, Video>();
  let begun = 0;

  return pulled<Video>(
    [connection[parts].closed, signal],
    () => {
      for (const [id, video] of pending) {
        pending.delete(id);
        return video;
      }
      return undefined;
    },
    (signal, wake) =>
      keepSubscribed(
        connection,
        videoActivityDocument,
        {},
        {
          next({ videoActivity: video }) {
            pending.set(video.id, video);
            wake();
            return false;
          },
          begun() {
            // Told on its own turn, since it is the caller's and may throw.
            if (begun++ > 0) queueMicrotask(() => onReconnect?.());
          },
        },
        signal,
      ),
  );
}
