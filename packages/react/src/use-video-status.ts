"use client";

import {
  type Connection,
  type ReelwireError,
  type Video,
  type VideoError,
  type VideoProgress,
  type VideoStatus,
  watchVideo,
} from "@reelwire/core/client";
import { useCallback, useEffect, useRef, useSyncExternalStore } from "react";
import { useReelwire } from "./reelwire-provider.tsx";
import { listen, NOTHING, type Watched, watchedOn } from "./shared-watch.ts";

/** What to watch a video with. */
export interface UseVideoStatusOptions {
  /** A client, or a connection, in place of the provider's. */
  client?: Connection | undefined;
}

/** A video as it is now. */
export interface LiveVideo {
  /** `null` until it is told. */
  video: Video | null;
  status: VideoStatus | null;
  /** An estimate. */
  progress: VideoProgress | null;
  /** Why it is not, or no longer, watched, as `NOT_FOUND`; or why the video failed. */
  error: ReelwireError | VideoError | null;
}

/**
 * Watches a video to its end. However many hooks watch the same one, it is asked for once.
 *
 * @param id of the video; `null` for none
 */
export function useVideoStatus(id: string | null, { client }: UseVideoStatusOptions = {}): LiveVideo {
  const connection = useReelwire(client);
  const subscribe = useCallback(
    (changed: () => void) =>
      id === null ? () => {} : listen(connection, id, (signal) => watchVideo(connection, id, { signal }), changed),
    [connection, id],
  );
  const now = useSyncExternalStore(
    subscribe,
    () => (id === null ? NOTHING : watchedOn(connection, id)),
    () => NOTHING,
  );
  // On a new connection, what is known stays until more is told: a player is not taken away.
  const before = useRef<Watched>(NOTHING);
  const { video, error } = now === NOTHING && before.current.video?.id === id ? before.current : now;
  useEffect(() => {
    before.current = { video, error };
  }, [video, error]);
  return {
    video,
    status: video?.status ?? null,
    progress: video?.progress ?? null,
    error: error ?? video?.error ?? null,
  };
}
