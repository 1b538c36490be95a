import { type Connection, parts } from "./connection.ts";
import { type VideoActivitySubscription, videoActivityDocument } from "./generated/operations.ts";
import { keepSubscribed } from "./keep-subscribed.ts";
import { pulled } from "./pulled.ts";
import type { Video } from "./video.ts";
import { isNews } from "./watch-state.ts";

/** Of how many videos it is remembered how they were told last. */
const REMEMBERED = 1_000;

/** How to watch all videos. */
export interface WatchActivityOptions {
  /** Ends the watching: the iterator throws the signal's reason, also while it waits. */
  signal?: AbortSignal | undefined;
  /** Called when the watching has begun, at first: whatever happens from now on is told. */
  onBegin?: (() => void) | undefined;
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
  { signal, onBegin, onReconnect }: WatchActivityOptions = {},
): AsyncIterableIterator<Video, undefined> {
  const pending = new Map<string, Video>();
  const told = new Map<string, Video>();
  let isBegun = false;

  return pulled<Video>(
    [connection[parts].closed, signal],
    () => {
      for (const [id, video] of pending) {
        pending.delete(id);
        return video;
      }
      return undefined;
    },
    (signal, wake) => {
      function next(video: Video) {
        // What replaces another connection may tell the same again.
        if (!isNews(told.get(video.id) ?? null, video)) return false;
        told.delete(video.id);
        told.set(video.id, video);
        for (const id of told.keys()) if (told.size > REMEMBERED) told.delete(id);
        pending.set(video.id, video);
        wake();
        return false;
      }
      function begun() {
        const tell = isBegun ? onReconnect : onBegin;
        // On its own turn, since it is the caller's and may throw.
        queueMicrotask(() => tell?.());
        isBegun = true;
      }
      const subscriber = {
        next: ({ videoActivity }: VideoActivitySubscription) => next(videoActivity),
        begun,
        poll: async (begun: () => void, signal: AbortSignal) =>
          (await import("./poll-activity.ts")).pollActivity(connection, next, begun, signal),
      };
      return keepSubscribed(connection, videoActivityDocument, {}, subscriber, signal);
    },
  );
}
