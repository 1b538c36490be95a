import { type Video, VideoPlayer, VideoProgress } from "@reelwire/react";
import Ban from "lucide-react/icons/ban";
import TriangleAlert from "lucide-react/icons/triangle-alert";
import { formatLeft } from "../format/date.ts";
import { billedWords, retryableWords, VIDEO_ERROR_WORDS } from "../format/error-words.ts";
import { STATUS_WORDS, WAITING_WORDS } from "../format/status-words.ts";
import { useNow } from "../format/use-now.ts";
import "../design/reelwire-parts.css";

/** The place of the picture: the player, or how far it is, or why there is none. */
export function VideoStage({ video }: { video: Video }) {
  const shape = video.aspectRatio === "PORTRAIT_9_16" ? "video-stage video-stage-portrait" : "video-stage";
  if (video.status === "COMPLETED") {
    return (
      <div className={`${shape} video-stage-player`}>
        <VideoPlayer video={video} />
      </div>
    );
  }
  if (video.status === "FAILED") return <Failed video={video} />;
  if (video.status === "CANCELED") {
    return (
      <div className="video-stage video-stage-canceled">
        <Ban size={30} strokeWidth={1.5} aria-hidden="true" />
        <p className="video-stage-title">Canceled</p>
        <p>
          {video.submittedAt === null
            ? "Nothing had been sent, so nothing is charged."
            : "It had been sent. It may still be made, and charged."}
        </p>
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
    <div className="video-stage video-stage-running">
      <p className="video-stage-title">{STATUS_WORDS[status].label}</p>
      <p>{waitingReason === null ? STATUS_WORDS[status].meaning : WAITING_WORDS[waitingReason]}</p>
      <div className="video-stage-progress">
        <VideoProgress video={video} label="Progress" />
        <p className="video-stage-left">
          {end === null ? "This page follows along by itself." : `An estimate: ${formatLeft(end, now)}.`}
        </p>
      </div>
    </div>
  );
}

function Failed({ video: { error } }: { video: Video }) {
  if (error === null) return null;
  const { title, advice } = VIDEO_ERROR_WORDS[error.code];
  return (
    <section className="video-stage-failed" aria-label="Why it failed">
      <TriangleAlert size={26} strokeWidth={1.6} aria-hidden="true" />
      <div>
        <p className="video-stage-title">{title}</p>
        <p>{advice}</p>
        <blockquote className="video-stage-message">{error.message}</blockquote>
        <ul className="video-stage-facts">
          <li>{retryableWords(error)}</li>
          <li>{billedWords(error)}</li>
          <li>
            <code>{error.code}</code>
          </li>
        </ul>
      </div>
    </section>
  );
}
