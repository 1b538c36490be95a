import { isFinal, type Video } from "@reelwire/core/client";

/** As much of a video as its progress is told by. */
export type ProgressingVideo = Pick<Video, "id" | "status" | "waitingReason" | "progress">;

/** The estimate between two looks at the upstream. */
export interface ProgressState {
  readonly video: ProgressingVideo | null;
  /** When it was told, in milliseconds since 1970; `null` before that is known. */
  readonly toldAt: number | null;
  /** Shown when it was told. */
  readonly from: number;
  /** Shown now: 0 to 1, and 1 only when completed; `null` where there is nothing to go by. */
  readonly fraction: number | null;
  /** Until it will probably be finished; `null` where there is nothing to go by. */
  readonly leftMs: number | null;
}

/** Time alone takes nobody further than this. */
const LATEST = 0.99;

/** The estimate as it was told: what a server renders, which has no time of its own to go by. */
export function progressAsTold(video: ProgressingVideo | null): ProgressState {
  const fraction = toldFraction(video);
  return { video, toldAt: null, from: fraction ?? 0, fraction, leftMs: null };
}

/**
 * The estimate at a time. It goes on evenly to the end that was told with the video, and waits shortly before it; with another version of the
 * same video it goes on from what was shown, and never backwards.
 *
 * @param nowMs in milliseconds since 1970
 */
export function progressAt(state: ProgressState, video: ProgressingVideo | null, nowMs: number): ProgressState {
  const told = toldFraction(video);
  const isNew = video !== state.video || state.toldAt === null;
  const shown = video !== null && video.id === state.video?.id ? (state.fraction ?? 0) : 0;
  const toldAt = state.toldAt === null || isNew ? nowMs : state.toldAt;
  const from = isNew ? Math.max(told ?? 0, shown) : state.from;
  if (video === null || told === null) return { video, toldAt, from, fraction: null, leftMs: null };
  if (told === 1) return { video, toldAt, from: 1, fraction: 1, leftMs: 0 };
  const endsAt = Date.parse(video.progress?.estimatedCompletionAt ?? "");
  const passed = endsAt > toldAt ? Math.min(1, (nowMs - toldAt) / (endsAt - toldAt)) : 0;
  const fraction = Math.max(shown, Math.min(LATEST, from + (1 - from) * passed));
  return { video, toldAt, from, fraction, leftMs: Number.isNaN(endsAt) ? null : Math.max(0, endsAt - nowMs) };
}

function toldFraction(video: ProgressingVideo | null): number | null {
  if (video === null || video.waitingReason !== null || video.status === "UNCONFIRMED") return null;
  if (video.status === "COMPLETED") return 1;
  return isFinal(video.status) || video.progress === null ? null : Math.min(LATEST, video.progress.fraction);
}
