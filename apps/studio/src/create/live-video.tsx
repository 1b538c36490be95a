import type { CreateVideo, Video } from "@reelwire/react";
import { FinishedVideo } from "./finished-video.tsx";
import { RunningVideo } from "./running-video.tsx";
import { UnfinishedEnd } from "./unfinished-end.tsx";
import "../design/reelwire-parts.css";

export interface LiveVideoProps {
  creation: CreateVideo;
  video: Video;
  poster: string | null;
  onAgain: () => void;
  onRetry: () => void;
}

/** A video wherever it is on its way. */
export function LiveVideo({ creation, video, poster, onAgain, onRetry }: LiveVideoProps) {
  switch (video.status) {
    case "COMPLETED":
      return <FinishedVideo video={video} onAgain={onAgain} />;
    case "FAILED":
    case "CANCELED":
      return <UnfinishedEnd video={video} onAgain={onAgain} onRetry={onRetry} />;
    default:
      return <RunningVideo creation={creation} video={video} poster={poster} />;
  }
}
