import type { Video, VideoStatus, WaitingReason } from "@reelwire/react";

/** One version of a video. */
export interface HistoryEntry {
  readonly version: number;
  readonly status: VideoStatus;
  readonly waitingReason: WaitingReason | null;
  /** When it came to be so. */
  readonly at: string;
  /** How long the version before it lasted, in milliseconds; `null` for the first. */
  readonly sincePreviousMs: number | null;
}

/** With what `watchVideo` told next: a version told again, as after a poll that changed nothing, adds no entry. */
export function withVersion(history: readonly HistoryEntry[], video: Video): readonly HistoryEntry[] {
  const previous = history.at(-1);
  if (previous !== undefined && video.version <= previous.version) return history;
  const { version, status, waitingReason, updatedAt } = video;
  const sincePreviousMs = previous === undefined ? null : Date.parse(updatedAt) - Date.parse(previous.at);
  return [...history, { version, status, waitingReason, at: updatedAt, sincePreviousMs }];
}
