import { type Video, VideoProgress } from "@reelwire/react";
import Ban from "lucide-react/icons/ban";
import TriangleAlert from "lucide-react/icons/triangle-alert";
import { StatusBadge } from "../design/status-badge.tsx";
import { formatLeft } from "../format/date.ts";
import { VIDEO_ERROR_WORDS } from "../format/error-words.ts";
import { STATUS_WORDS, WAITING_WORDS } from "../format/status-words.ts";
import { useNow } from "../format/use-now.ts";
import { VideoStill } from "./video-still.tsx";
import "../design/reelwire-parts.css";

/** What is to be seen of a video in its card. */
export function CardStage({ video, isLookedAt }: { video: Video; isLookedAt: boolean }) {
  const { status, url, error } = video;
  if (status === "COMPLETED" && url !== null) {
    return (
      <>
        <span className="visually-hidden">Finished</span>
        <VideoStill url={url} isPlaying={isLookedAt} />
      </>
    );
  }
  if (status === "FAILED") {
    return (
      <div className="card-stage card-stage-failed">
        <TriangleAlert size={22} aria-hidden="true" />
        <StatusBadge status={status} />
        <p>{error === null ? "It ended without a video." : VIDEO_ERROR_WORDS[error.code].title}</p>
      </div>
    );
  }
  if (status === "CANCELED") {
    return (
      <div className="card-stage card-stage-canceled">
        <Ban size={22} aria-hidden="true" />
        <StatusBadge status={status} />
      </div>
    );
  }
  return <Running video={video} />;
}

function Running({ video }: { video: Video }) {
  const now = useNow(1_000);
  const { status, waitingReason, progress } = video;
  const end = progress?.estimatedCompletionAt ?? null;
  return (
    <div className="card-stage card-stage-running">
      <StatusBadge status={status} />
      <p>
        {waitingReason !== null
          ? WAITING_WORDS[waitingReason]
          : end !== null && status === "GENERATING"
            ? formatLeft(end, now)
            : STATUS_WORDS[status].meaning}
      </p>
      <VideoProgress video={video} label={`Progress of ${video.prompt.slice(0, 60)}`} />
    </div>
  );
}
