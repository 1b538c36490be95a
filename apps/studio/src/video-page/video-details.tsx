import { isFinal, type ReelwireError, type Video } from "@reelwire/react";
import { StatusBadge } from "../design/status-badge.tsx";
import { formatAgo, formatDateTime } from "../format/date.ts";
import { useNow } from "../format/use-now.ts";
import { PageTitle } from "../shell/page-title.tsx";
import { CostCard } from "./cost-card.tsx";
import { HistoryCard } from "./history-card.tsx";
import { InputsCard } from "./inputs-card.tsx";
import { VideoActions } from "./video-actions.tsx";
import { VideoStage } from "./video-stage.tsx";

/** Longer prompts are no heading: their beginning is, and all of it stands below. */
const LONGEST_HEADING = 160;
const BEGINNING = 80;

interface VideoDetailsProps {
  video: Video;
  /** Why it is not watched any more. */
  failure: ReelwireError | null;
}

export function VideoDetails({ video, failure }: VideoDetailsProps) {
  const { prompt } = video;
  const isLong = prompt.length > LONGEST_HEADING;
  const heading = isLong ? `${prompt.slice(0, BEGINNING).trimEnd()}…` : prompt;
  return (
    <article className="video-page">
      <div className="video-page-main">
        <VideoStage video={video} />
        {failure !== null && !isFinal(video.status) && (
          <p className="video-page-stale" role="alert">
            What is shown may have changed since: {failure.message}
          </p>
        )}
        <div className="video-page-head">
          <PageTitle title={heading} className="video-page-title" />
          <Byline video={video} />
        </div>
        <VideoActions video={video} />
        {isLong && (
          <section className="video-page-prompt" aria-label="Prompt">
            {prompt}
          </section>
        )}
        <HistoryCard video={video} />
      </div>
      <div className="video-page-side">
        <InputsCard video={video} />
        <CostCard video={video} />
      </div>
    </article>
  );
}

function Byline({ video: { status, createdAt } }: { video: Video }) {
  const now = useNow(30_000);
  return (
    <p className="video-page-byline">
      <StatusBadge status={status} />
      <span>
        Made{" "}
        <time dateTime={createdAt} title={formatDateTime(createdAt)}>
          {formatAgo(createdAt, now)}
        </time>
      </span>
    </p>
  );
}
