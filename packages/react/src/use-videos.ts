"use client";

import type { Connection, ReelwireError, Video, VideoFilter } from "@reelwire/core/client";
import { useCallback, useEffect, useRef, useState } from "react";
import { type FollowedVideos, followVideos } from "./follow-videos.ts";
import { useReelwire } from "./reelwire-provider.tsx";
import { UNREAD } from "./videos-state.ts";

/** What to list videos with. */
export interface UseVideosOptions {
  /** A client, or a connection, in place of the provider's. */
  client?: Connection | undefined;
  /** How many to read at a time: 1 to 100. Default: 20. */
  pageSize?: number | undefined;
}

/** A list that changes as its videos do. The functions stay the same from render to render. */
export interface LiveVideos {
  /** The newest first, as far as they were read. */
  videos: readonly Video[];
  /** Why they could not be read, or are no longer watched. `refetch` tries again. */
  error: ReelwireError | null;
  /** While the list is read from its beginning, at first or again. */
  isPending: boolean;
  /** Whether there are older ones. */
  hasMore: boolean;
  /** Reads the next page, unless something is being read or there is none. */
  loadMore(): void;
  isLoadingMore: boolean;
  /** Reads all that was read once more. After lost connections that is done by itself. */
  refetch(): void;
}

/**
 * The videos that you may see and that match a filter, live: new ones come on top, and what no longer matches leaves. All lists on
 * a connection share one subscription.
 *
 * @param filter compared by what it says: it may be another object at every render. Default: all
 */
export function useVideos(filter: VideoFilter = {}, { client, pageSize = 20 }: UseVideosOptions = {}): LiveVideos {
  const connection = useReelwire(client);
  const [state, setState] = useState(UNREAD);
  const newest = useRef(state);
  const followed = useRef<FollowedVideos>(null);
  const wanted = JSON.stringify(filter);
  useEffect(() => {
    const following = followVideos(connection, JSON.parse(wanted), pageSize, newest.current, (state) => {
      newest.current = state;
      setState(state);
    });
    followed.current = following;
    return following.stop;
  }, [connection, wanted, pageSize]);
  const { videos, error, isPending, hasMore, isLoadingMore } = state;
  return {
    videos,
    error,
    isPending,
    hasMore,
    loadMore: useCallback(() => followed.current?.loadMore(), []),
    isLoadingMore,
    refetch: useCallback(() => followed.current?.refetch(), []),
  };
}
