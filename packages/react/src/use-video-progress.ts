"use client";

import { isFinal } from "@reelwire/core/client";
import { useEffect, useMemo, useReducer } from "react";
import { type ProgressingVideo, type ProgressState, progressAsTold, progressAt } from "./progress-state.ts";
import { statusWords, timeLeftWords } from "./status-words.ts";

/** An estimate, since the upstream reports no progress. */
export interface LiveProgress {
  /** 0 to 1, and 1 only when completed; `null` where there is nothing to go by. It never goes backwards. */
  fraction: number | null;
  /** `null` where there is nothing to go by. */
  secondsLeft: number | null;
  /** The same for people: `about 40 seconds left, an estimate`. */
  text: string;
}

/** How often it is looked at, in milliseconds; between that, `transition` of CSS makes it smooth. */
const INTERVAL_MS = 1000;

/** A video's progress, which goes on between two looks at the upstream. `null` is a video that is about to be made. */
export function useVideoProgress(video: ProgressingVideo | null): LiveProgress {
  const { id, status, waitingReason = null } = video ?? {};
  const { fraction, estimatedCompletionAt = null } = video?.progress ?? {};
  // The same as long as it says the same.
  const told = useMemo<ProgressingVideo | null>(() => {
    if (id === undefined || status === undefined) return null;
    return { id, status, waitingReason, progress: fraction === undefined ? null : { fraction, estimatedCompletionAt } };
  }, [id, status, waitingReason, fraction, estimatedCompletionAt]);
  const [state, advance] = useReducer(
    (before: ProgressState, nowMs: number) => progressAt(before, told, nowMs),
    told,
    progressAsTold,
  );
  useEffect(() => {
    const look = () => advance(Date.now());
    look();
    if (told === null || isFinal(told.status)) return;
    const timer = setInterval(look, INTERVAL_MS);
    return () => clearInterval(timer);
  }, [told]);

  const { fraction: shown, leftMs } = state.video?.id === id ? state : progressAsTold(told);
  return {
    fraction: shown,
    secondsLeft: leftMs === null ? null : Math.ceil(leftMs / 1000),
    text: words(video, leftMs),
  };
}

function words(video: ProgressingVideo | null, leftMs: number | null): string {
  if (video === null) return "Being sent";
  const where = statusWords(video);
  return leftMs === null || isFinal(video.status) ? where : `${where}: ${timeLeftWords(leftMs)}`;
}
