import type { Video } from "@reelwire/react";
import Check from "lucide-react/icons/check";
import { useEffect, useState } from "react";
import { formatTimeOfDay } from "../format/date.ts";
import { durationBetween, formatDuration } from "../format/duration.ts";
import { useNow } from "../format/use-now.ts";
import { type Step, stepsOf } from "./steps-of-video.ts";
import "./steps.css";

/** Where a video is on its way, with the times it got there. */
export function Steps({ video }: { video: Video }) {
  const steps = stepsOf(video, useGeneratingSince(video));
  return (
    <ol className="steps">
      {steps.map((step, index) => (
        <li
          key={step.name}
          className="step"
          data-state={step.state}
          aria-current={step.state === "current" ? "step" : undefined}
        >
          <span className="step-sign" aria-hidden="true">
            {step.state === "done" && <Check size={13} strokeWidth={3} />}
          </span>
          <span className="step-name">
            {step.name}
            <span className="visually-hidden">{step.state === "ahead" ? ", not yet" : ""}</span>
          </span>
          <StepTime step={step} previous={steps[index - 1]} />
        </li>
      ))}
    </ol>
  );
}

function StepTime({ step, previous }: { step: Step; previous: Step | undefined }) {
  if (step.state === "current" && step.since !== null) return <Running since={step.since} />;
  if (step.at === null) return null;
  return (
    <span className="step-time">
      {previous?.at != null && <span className="step-duration">{durationBetween(previous.at, step.at)}</span>}
      <time dateTime={step.at}>{formatTimeOfDay(step.at)}</time>
    </span>
  );
}

function Running({ since }: { since: string }) {
  const now = useNow(1000);
  const seconds = Math.max(0, Math.floor((now - Date.parse(since)) / 1000));
  return (
    <span className="step-time" aria-hidden="true">
      {seconds > 0 && formatDuration(seconds * 1000)}
    </span>
  );
}

/** When the upstream began, as far as this page saw it: the video itself does not keep it. */
function useGeneratingSince({ id, status, updatedAt }: Video): string | null {
  const [seen, setSeen] = useState<{ id: string; at: string } | null>(null);
  useEffect(() => {
    if (status === "GENERATING") setSeen((seen) => (seen?.id === id ? seen : { id, at: updatedAt }));
  }, [id, status, updatedAt]);
  return seen?.id === id ? seen.at : null;
}
