import { ReelwireError, useVideoStatus } from "@reelwire/react";
import ArrowLeft from "lucide-react/icons/arrow-left";
import VideoOff from "lucide-react/icons/video-off";
import { useEffect } from "react";
import { Link } from "wouter";
import { ButtonLink } from "../design/button.tsx";
import { EmptyState } from "../design/empty-state.tsx";
import { ErrorState } from "../design/error-state.tsx";
import { Skeleton } from "../design/skeleton.tsx";
import { PageTitle } from "../shell/page-title.tsx";
import { useSession } from "../shell/session.tsx";
import { VideoDetails } from "./video-details.tsx";
import "./video-page.css";

/** `/videos/:id`: everything about one video, live. */
export function VideoPage({ id }: { id: string }) {
  const { video, error } = useVideoStatus(id);
  const failure = error instanceof ReelwireError ? error : null;
  const { notice } = useSession();
  useEffect(() => notice(failure), [notice, failure]);
  return (
    <>
      <Link href="/videos" className="video-page-back">
        <ArrowLeft size={16} aria-hidden="true" />
        Videos
      </Link>
      {video !== null ? (
        <VideoDetails video={video} failure={failure} />
      ) : failure === null ? (
        <Loading />
      ) : failure.code === "NOT_FOUND" || failure.code === "BAD_INPUT" ? (
        <NoSuchVideo />
      ) : (
        <>
          <PageTitle title="Video" />
          <ErrorState title="The video did not load" error={failure} onRetry={() => window.location.reload()} />
        </>
      )}
    </>
  );
}

function NoSuchVideo() {
  return (
    <>
      <PageTitle title="No such video" className="visually-hidden" />
      <EmptyState
        icon={VideoOff}
        title="There is no such video here"
        action={<ButtonLink href="/videos">See your videos</ButtonLink>}
      >
        The address may be incomplete, or the video is somebody else’s.
      </EmptyState>
    </>
  );
}

function Loading() {
  return (
    <div className="video-page" role="status">
      <span className="visually-hidden">Loading the video</span>
      <div className="video-page-main">
        <Skeleton ratio="16 / 9" radius="var(--radius-large)" />
        <Skeleton width="70%" height="2rem" />
        <Skeleton width="40%" />
      </div>
      <div className="video-page-side">
        <Skeleton height="16rem" radius="var(--radius-large)" />
      </div>
    </div>
  );
}
