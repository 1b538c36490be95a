import type { Video } from "@reelwire/react";
import CircleSlash from "lucide-react/icons/circle-slash";
import CircleX from "lucide-react/icons/circle-x";
import Repeat2 from "lucide-react/icons/repeat-2";
import RotateCw from "lucide-react/icons/rotate-cw";
import { Link } from "wouter";
import { Button } from "../design/button.tsx";
import { billedWords, VIDEO_ERROR_WORDS } from "../format/error-words.ts";

export interface UnfinishedEndProps {
  video: Video;
  onAgain: () => void;
  onRetry: () => void;
}

/** A video that ended without one: why, whether it costs something, and what can be done now. */
export function UnfinishedEnd({ video, onAgain, onRetry }: UnfinishedEndProps) {
  const { error = null } = video;
  const Sign = error === null ? CircleSlash : CircleX;
  return (
    <div className="unfinished-end" data-failed={error !== null}>
      <Sign size={34} strokeWidth={1.5} aria-hidden="true" />
      {error === null ? (
        <>
          <h3>Canceled</h3>
          <p>
            {video.submittedAt === null
              ? "Nothing was sent upstream, so nothing is charged."
              : "It may still be charged."}
          </p>
        </>
      ) : (
        <>
          <h3>{VIDEO_ERROR_WORDS[error.code].title}</h3>
          <p>
            {VIDEO_ERROR_WORDS[error.code].advice} {billedWords({ billed: error.billed ?? null })}
          </p>
          <p className="unfinished-end-message">{error.message}</p>
          <p className="error-state-code">{error.code}</p>
        </>
      )}
      <div className="live-panel-actions">
        {error?.retryable === true && (
          <Button variant="primary" icon={RotateCw} onClick={onRetry}>
            Try again
          </Button>
        )}
        <Button icon={Repeat2} onClick={onAgain}>
          Make it again with changes
        </Button>
      </div>
      <Link href={`/videos/${video.id}`}>Its page</Link>
    </div>
  );
}
