"use client";

import type { ComponentPropsWithoutRef, ReactElement } from "react";
import type { ProgressingVideo } from "./progress-state.ts";
import { useVideoProgress } from "./use-video-progress.ts";

/** Whose progress to show. What else a `div` takes is passed on. */
export interface VideoProgressProps extends Omit<ComponentPropsWithoutRef<"div">, "children"> {
  /** `null`: one that is about to be made. */
  video: ProgressingVideo | null;
  /** What it is the progress of, for those who cannot see. Default: `Making the video`. */
  label?: string | undefined;
}

/** A bar that goes on between two looks at the upstream, and says that it is an estimate. */
export function VideoProgress({
  video,
  label = "Making the video",
  className,
  ...rest
}: VideoProgressProps): ReactElement {
  const { fraction, text } = useVideoProgress(video);
  const percent = fraction === null ? undefined : Math.floor(fraction * 100);
  return (
    <div
      {...rest}
      className={className === undefined ? "reelwire-progress" : `reelwire-progress ${className}`}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
      aria-valuetext={text}
      data-status={video?.status}
      data-indeterminate={fraction === null ? "" : undefined}
    >
      <div
        className="reelwire-progress-bar"
        style={{ inlineSize: percent === undefined ? undefined : `${percent}%` }}
      />
    </div>
  );
}
