"use client";

import type { Video } from "@reelwire/core/client";
import { type ComponentPropsWithoutRef, forwardRef, useState } from "react";
import { statusWords } from "./status-words.ts";
import { type PlayableVideo, videoPlayerProps } from "./video-player-props.ts";

/** Which video to play. What else a `<video>` takes is passed on to it. */
export interface VideoPlayerProps extends Omit<ComponentPropsWithoutRef<"video">, "src" | "poster" | "children"> {
  video: PlayableVideo & Pick<Video, "status" | "waitingReason" | "error">;
  /** Shown until it plays. Default: the video's first frame where that is there, otherwise what the browser shows. */
  poster?: string | undefined;
}

/**
 * Plays a video. Until it is finished, a box of the same size says where it is, or why it failed. A `ref` is given the `<video>`:
 * `forwardRef` is for React 18.
 */
export const VideoPlayer = forwardRef<HTMLVideoElement, VideoPlayerProps>(function VideoPlayer(
  { video, poster, className, style, onLoadedMetadata, ...rest },
  ref,
) {
  const [loaded, setLoaded] = useState<{ url: string | null; ratio: string } | null>(null);
  const ratio = loaded?.url === video.url ? loaded.ratio : undefined;
  const { style: box, ...props } = videoPlayerProps(video, { poster, ratio });
  const look = {
    className: className === undefined ? "reelwire-player" : `reelwire-player ${className}`,
    style: { ...box, ...style },
  };
  if (video.status !== "COMPLETED" || video.url === null) {
    const hasFailed = video.status === "FAILED";
    return (
      <div {...look} role={hasFailed ? "alert" : "status"} data-status={video.status}>
        {hasFailed && video.error !== null ? video.error.message : statusWords(video)}
      </div>
    );
  }
  return (
    <video
      {...props}
      {...rest}
      {...look}
      ref={ref}
      data-status={video.status}
      onLoadedMetadata={(event) => {
        const { videoWidth, videoHeight } = event.currentTarget;
        if (videoWidth > 0) setLoaded({ url: video.url, ratio: `${videoWidth} / ${videoHeight}` });
        onLoadedMetadata?.(event);
      }}
    />
  );
});
