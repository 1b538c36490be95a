import type { Video } from "@reelwire/core/client";
import type { CSSProperties } from "react";

/** As much of a video as is needed to play it. */
export type PlayableVideo = Pick<Video, "prompt" | "aspectRatio" | "url"> & {
  /** The first frame, where you have asked for it or kept it: the client's own `Video` has none. */
  readonly imageUrl?: string | null | undefined;
};

/** What a `<video>` is given. */
export interface VideoPlayerElementProps {
  src: string | undefined;
  poster: string | undefined;
  controls: true;
  playsInline: true;
  preload: "metadata";
  "aria-label": string;
  style: CSSProperties;
}

/**
 * What a `<video>` of your own needs to play a video: `<video {...videoPlayerProps(video)} />`. Its box has the picture's
 * ratio before anything is loaded. Where the upstream chose it, 16:9 is taken until `ratio` says otherwise.
 *
 * @param poster shown until it plays. Default: the video's first frame where that is there, otherwise what the browser shows
 * @param ratio as CSS has it: `1280 / 720`
 */
export function videoPlayerProps(
  video: PlayableVideo,
  { poster, ratio }: { poster?: string | undefined; ratio?: string | undefined } = {},
): VideoPlayerElementProps {
  return {
    src: video.url ?? undefined,
    poster: poster ?? video.imageUrl ?? undefined,
    controls: true,
    playsInline: true,
    preload: "metadata",
    "aria-label": video.prompt,
    style: { aspectRatio: ratio ?? (video.aspectRatio === "PORTRAIT_9_16" ? "9 / 16" : "16 / 9") },
  };
}
