import { type CreateVideo, ReelwireError, useVideoProgress, type Video, VideoProgress } from "@reelwire/react";
import Ban from "lucide-react/icons/ban";
import { useLayoutEffect, useRef, useState } from "react";
import { Button } from "../design/button.tsx";
import { StatusBadge } from "../design/status-badge.tsx";
import { formatDuration } from "../format/duration.ts";
import { WAITING_WORDS } from "../format/status-words.ts";
import { CancelDialog } from "./cancel-dialog.tsx";
import { Refusal } from "./refusal.tsx";
import { Stage, StageText } from "./stage.tsx";
import { Steps } from "./steps.tsx";

export interface RunningVideoProps {
  creation: CreateVideo;
  video: Video;
  poster: string | null;
}

/** A video on its way. */
export function RunningVideo({ creation, video, poster }: RunningVideoProps) {
  const { error, isPending, cancel, reset } = creation;
  const { fraction, secondsLeft } = useVideoProgress(video);
  const [asking, setAsking] = useState(false);
  const actions = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const panel = actions.current?.closest("section");
    // With a button that goes away the focus would go back to the top of the page.
    return () => {
      if (panel?.contains(document.activeElement)) panel.focus({ preventScroll: true });
    };
  }, []);
  return (
    <>
      <Stage ratio={video.aspectRatio ?? null} poster={poster} pulsing={isPending}>
        <StageText title={video.status === "GENERATING" ? "It is being made" : "On its way"}>
          {video.prompt.slice(0, 160)}
        </StageText>
      </Stage>
      <div className="live-panel-head">
        <StatusBadge status={video.status} />
        <VideoProgress video={video} label="Progress of your video" />
        <p className="live-panel-estimate" aria-hidden="true">
          {fraction !== null && secondsLeft !== null && estimateWords(fraction, secondsLeft)}
        </p>
      </div>
      {video.waitingReason != null && <p className="live-panel-waiting">{WAITING_WORDS[video.waitingReason]}</p>}
      {error instanceof ReelwireError && <Refusal error={error} />}
      <Steps video={video} />
      <div className="live-panel-actions" ref={actions}>
        <Button icon={Ban} onClick={() => setAsking(true)}>
          Cancel
        </Button>
        <Button variant="quiet" onClick={reset}>
          Make another meanwhile
        </Button>
      </div>
      <CancelDialog video={video} open={asking} onClose={() => setAsking(false)} cancel={cancel} />
    </>
  );
}

/** The upstream reports nothing of the kind, so it is said to be an estimate. */
function estimateWords(fraction: number, secondsLeft: number): string {
  const percent = `${Math.floor(fraction * 100)} %`;
  if (secondsLeft === 0) return `${percent} · any moment now`;
  return `${percent} · about ${formatDuration(Math.ceil(secondsLeft / 5) * 5_000)} left, an estimate`;
}
