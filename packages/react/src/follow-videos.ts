import {
  type Connection,
  listVideos,
  type ReelwireError,
  type Video,
  type VideoFilter,
  type VideoPage,
  watchActivity,
} from "@reelwire/core/client";
import { matchesFilter } from "./matches-filter.ts";
import { reelwireErrorOf } from "./reelwire-error-of.ts";
import { listen, NOTHING } from "./shared-watch.ts";
import { type VideosEvent, type VideosState, videosState } from "./videos-state.ts";

/** The most that the gateway lists at once. */
const MAX_PAGE_SIZE = 100;

/** Under which all lists on a connection share one watch. No video has this id. */
const ACTIVITY = "activity";

/** A list that is read and kept up to date. */
export interface FollowedVideos {
  /** Reads the next page, unless something is being read or there is none. */
  loadMore(): void;
  /** Reads all that was read once more, from the beginning. */
  refetch(): void;
  stop(): void;
}

/**
 * Reads the first page, and tells the list each time it changes.
 *
 * @param state from which to go on
 */
export function followVideos(
  connection: Connection,
  filter: VideoFilter,
  pageSize: number,
  state: VideosState,
  tell: (state: VideosState) => void,
): FollowedVideos {
  const matches = (video: Video) => matchesFilter(video, filter);
  let now = state;
  /** Aborted by whatever makes its answer out of date. */
  let reading = new AbortController();
  /** Whether something may have been missed, by what is read just now too. */
  let isStale = false;
  let leave = () => {};

  function happen(event: VideosEvent) {
    const before = now;
    now = videosState(now, event);
    if (now !== before) tell(now);
  }
  function failed(error: ReelwireError) {
    reading.abort();
    happen({ type: "failed", error });
  }
  async function read(type: "read" | "readMore", args: { count: number; after: string | null; downTo: string | null }) {
    reading.abort();
    reading = new AbortController();
    const { signal } = reading;
    try {
      const page = await listAll(connection, { ...args, filter }, signal);
      if (signal.aborted) return;
      happen({ type, page, matches });
      // It was asked for while the list was read again.
      if (now.isLoadingMore) readMore();
      else if (isStale) readQuietly();
    } catch (error) {
      if (!signal.aborted) failed(reelwireErrorOf(error));
    }
  }
  /** As far as it was read before. */
  function readAgain() {
    void read("read", { count: Math.max(pageSize, now.videos.length), after: null, downTo: now.oldestId });
  }
  function readQuietly() {
    isStale = now.isReading || now.isLoadingMore;
    if (isStale) return;
    happen({ type: "readingQuietly" });
    readAgain();
  }
  function readMore() {
    void read("readMore", { count: pageSize, after: now.cursor, downTo: null });
  }
  function watch() {
    leave();
    leave = listen(
      connection,
      ACTIVITY,
      (signal, tellAll) => {
        // What happened before was not told.
        const onBegin = () => tellAll(NOTHING);
        return watchActivity(connection, { signal, onBegin, onReconnect: onBegin });
      },
      ({ video, error }) => {
        if (error !== null) failed(error);
        else if (video === null) readQuietly();
        else happen({ type: "told", video, matches });
      },
    );
  }

  watch();
  happen({ type: "reading", matches });
  void read("read", { count: pageSize, after: null, downTo: null });
  return {
    loadMore() {
      if (now.isPending || now.isLoadingMore || !now.hasMore) return;
      happen({ type: "readingMore" });
      if (!now.isReading) readMore();
    },
    refetch() {
      watch();
      happen({ type: "reading", matches });
      readAgain();
    },
    stop() {
      reading.abort();
      leave();
    },
  };
}

/**
 * As many as that, in as many pages as it takes; and more, to get to the video `downTo` again when newer ones have come, unless
 * those are more than a page.
 */
async function listAll(
  connection: Connection,
  args: { filter: VideoFilter; count: number; after: string | null; downTo: string | null },
  signal: AbortSignal,
): Promise<VideoPage> {
  const { filter, count, after, downTo } = args;
  const nodes: Video[] = [];
  for (let cursor = after; ; ) {
    const first = Math.min(count > nodes.length ? count - nodes.length : MAX_PAGE_SIZE, MAX_PAGE_SIZE);
    const page = await listVideos(connection, { first, after: cursor, filter }, { signal });
    nodes.push(...page.nodes);
    cursor = page.pageInfo.endCursor;
    const last = nodes.at(-1);
    const isThere = downTo === null || last === undefined || last.id <= downTo || nodes.length > count;
    if (!page.pageInfo.hasNextPage || (nodes.length >= count && isThere)) return { nodes, pageInfo: page.pageInfo };
  }
}
