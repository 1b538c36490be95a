import type { ReelwireError, Video, VideoPage } from "@reelwire/core/client";

/** A live list as far as it was read. */
export interface VideosState {
  /** The newest first. */
  readonly videos: readonly Video[];
  /** From where to read on. */
  readonly cursor: string | null;
  /** The oldest that was read, also where it has left the list since: what is older comes with the next page. */
  readonly oldestId: string | null;
  readonly hasMore: boolean;
  /** Whether the list is read from its beginning, and shown to be. */
  readonly isPending: boolean;
  /** Whether it is read from its beginning at all. */
  readonly isReading: boolean;
  readonly isLoadingMore: boolean;
  readonly error: ReelwireError | null;
  /** What was told while something is read, whose answer may be older. */
  readonly told: ReadonlyMap<string, Video>;
}

/** What happens to it. Only who tells of a video knows whether the list is for it. */
export type VideosEvent =
  | { readonly type: "reading"; readonly matches: Matches }
  | { readonly type: "readingQuietly" }
  | { readonly type: "readingMore" }
  | {
      readonly type: "read" | "readMore";
      readonly page: Pick<VideoPage, "nodes" | "pageInfo">;
      readonly matches: Matches;
    }
  | { readonly type: "told"; readonly video: Video; readonly matches: Matches }
  | { readonly type: "failed"; readonly error: ReelwireError };

type Matches = (video: Video) => boolean;

export const UNREAD: VideosState = {
  videos: [],
  cursor: null,
  oldestId: null,
  hasMore: false,
  isPending: true,
  isReading: true,
  isLoadingMore: false,
  error: null,
  told: new Map(),
};

/** The list after an event; the same where nothing changed. */
export function videosState(state: VideosState, event: VideosEvent): VideosState {
  switch (event.type) {
    case "reading": {
      const videos = state.videos.filter(event.matches);
      return { ...state, videos, isPending: true, isReading: true, isLoadingMore: false, error: null };
    }
    case "readingQuietly":
      return { ...state, isReading: true };
    case "readingMore":
      return { ...state, isLoadingMore: true, error: null };
    case "read":
      return withPage({ ...state, videos: [], oldestId: null, error: null }, event.page, event.matches);
    case "readMore":
      return { ...withPage(state, event.page, event.matches), isLoadingMore: false };
    case "told": {
      const { isReading, isLoadingMore, told } = state;
      const after = withVideo(state, event.video, event.matches);
      if (!(isReading || isLoadingMore)) return after;
      return { ...after, told: new Map(told).set(event.video.id, event.video) };
    }
    case "failed":
      return {
        ...state,
        isPending: false,
        isReading: false,
        isLoadingMore: false,
        error: event.error,
        told: UNREAD.told,
      };
  }
}

function withPage(state: VideosState, { nodes, pageInfo }: VideoPage, matches: Matches): VideosState {
  const read = {
    ...state,
    videos: [...state.videos, ...nodes.filter(({ id }) => state.videos.every((video) => video.id !== id))],
    cursor: pageInfo.endCursor ?? state.cursor,
    oldestId: nodes.at(-1)?.id ?? state.oldestId,
    hasMore: pageInfo.hasNextPage,
    isPending: false,
    isReading: false,
    isLoadingMore: state.isLoadingMore && pageInfo.hasNextPage,
    told: UNREAD.told,
  };
  return Array.from(state.told.values()).reduce<VideosState>((list, video) => withVideo(list, video, matches), read);
}

/** Ids sort by creation. */
function withVideo(state: VideosState, video: Video, matches: Matches): VideosState {
  const { videos, oldestId, hasMore, isPending } = state;
  const known = videos.find(({ id }) => id === video.id);
  if (known !== undefined && !isNewer(video, known)) return state;
  const others = videos.filter((other) => other !== known);
  if (!matches(video)) return known === undefined ? state : { ...state, videos: others };
  const isInReach = oldestId === null ? !isPending : !hasMore || video.id >= oldestId;
  if (known === undefined && !isInReach) return state;
  const place = others.findIndex(({ id }) => id < video.id);
  return { ...state, videos: others.toSpliced(place === -1 ? others.length : place, 0, video) };
}

/** Times are ISO 8601 in UTC, so they compare as text. */
function isNewer(video: Video, known: Video): boolean {
  if (video.version !== known.version) return video.version > known.version;
  return (video.lastCheckedAt ?? "") > (known.lastCheckedAt ?? "");
}
