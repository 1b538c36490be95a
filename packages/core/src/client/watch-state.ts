import { isFinal } from "../video.ts";
import type { Video } from "./video.ts";

/** As much of a video as tells whether another tells something new. */
export type Seen = Pick<Video, "version" | "lastCheckedAt" | "progress">;

/** Where somebody who watches a video stands. */
export interface WatchState {
  /** The newest that was received, or the version to go on from; `null` before anything is. */
  readonly seen: Seen | null;
  /** Received and not yet taken: every version in order, and of each version only the newest. */
  readonly pending: readonly Video[];
  /** Whether nothing more can come. */
  readonly final: boolean;
}

/** The state of somebody who has seen this version, or nothing. */
export function watchingFrom(afterVersion: number | null): WatchState {
  const seen = afterVersion === null ? null : { version: afterVersion, lastCheckedAt: null, progress: null };
  return { seen, pending: [], final: false };
}

/**
 * What becomes of a state when a video is received. A later version is kept. The same version again is kept where it was
 * looked at later or has progressed, in place of what was received of that version and not yet taken. Anything older,
 * or told before, changes nothing: the same state is returned.
 */
export function received(state: WatchState, video: Video): WatchState {
  const { seen, pending } = state;
  if (state.final) return state;
  const final = isFinal(video.status);
  if (isNews(seen, video) && !(final && video.version === seen?.version)) {
    return { seen: video, pending: [...pending.filter(({ version }) => version !== video.version), video], final };
  }
  return final ? { ...state, final } : state;
}

/** The state after the first of `pending` was taken. */
export function taken(state: WatchState): WatchState {
  return { ...state, pending: state.pending.slice(1) };
}

/** Whether a video tells something that was not seen. */
export function isNews(seen: Seen | null, video: Seen): boolean {
  if (seen === null) return true;
  return (video.version - seen.version || checkedAt(video) - checkedAt(seen) || fraction(video) - fraction(seen)) > 0;
}

function checkedAt({ lastCheckedAt }: Seen): number {
  return Date.parse(lastCheckedAt ?? "1970");
}

function fraction({ progress }: Seen): number {
  return progress?.fraction ?? 0;
}
