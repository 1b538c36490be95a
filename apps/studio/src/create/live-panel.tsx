import { type CreateVideo, ReelwireError, type Video } from "@reelwire/react";
import { lazy, type Ref, Suspense, useId } from "react";
import { STATUS_WORDS } from "../format/status-words.ts";
import type { Draft } from "./draft.ts";
import { Stage, StageText } from "./stage.tsx";
import "./live-panel.css";

// Needed once there is a video, and not before.
const LiveVideo = lazy(async () => ({ default: (await import("./live-video.tsx")).LiveVideo }));

export interface LivePanelProps {
  creation: CreateVideo;
  draft: Draft;
  /** Fill the form with what it was made of. */
  onAgain: (video: Video) => void;
  /** Make it once more as the form has it. */
  onRetry: () => void;
  ref: Ref<HTMLElement>;
}

/** What becomes of the video: from nothing, over where it is on its way, to the video itself. */
export function LivePanel({ creation, draft, onAgain, onRetry, ref }: LivePanelProps) {
  const { video, isPending } = creation;
  const id = useId();
  const poster = draft.firstFrame?.url ?? null;
  const empty = (
    <Stage ratio={draft.aspectRatio} poster={poster} pulsing={isPending}>
      {isPending ? (
        <StageText title="Sending…">The gateway is saving it.</StageText>
      ) : (
        <StageText title="Your video appears here">
          Describe it, look at the price, and press the button. It is made also when you close this page.
        </StageText>
      )}
    </Stage>
  );
  return (
    <section className="live-panel" ref={ref} tabIndex={-1} aria-labelledby={id}>
      <h2 id={id} className="visually-hidden">
        Your video
      </h2>
      <p className="visually-hidden" role="status">
        {announcement(creation)}
      </p>
      {video === null ? (
        empty
      ) : (
        <Suspense fallback={empty}>
          <LiveVideo {...{ creation, video, poster, onRetry }} onAgain={() => onAgain(video)} />
        </Suspense>
      )}
    </section>
  );
}

function announcement({ video, isPending, error }: CreateVideo): string {
  if (error instanceof ReelwireError) return "";
  if (video === null) return isPending ? "Sending" : "";
  const { label, meaning } = STATUS_WORDS[video.status];
  return `${label}. ${meaning}`;
}
