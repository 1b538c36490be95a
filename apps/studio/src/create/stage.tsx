import type { AspectRatio } from "@reelwire/react";
import Clapperboard from "lucide-react/icons/clapperboard";
import type { ReactNode } from "react";
import "./stage.css";

export interface StageProps {
  /** `null`: not known yet. */
  ratio: AspectRatio | null;
  /** A picture behind it. */
  poster: string | null;
  pulsing?: boolean;
  children: ReactNode;
}

/** Where the video will be, in its shape. */
export function Stage({ ratio, poster, pulsing = false, children }: StageProps) {
  return (
    <div className="stage" data-ratio={ratio ?? "LANDSCAPE_16_9"} data-pulsing={pulsing}>
      {poster !== null && <img className="stage-poster" src={poster} alt="" referrerPolicy="no-referrer" />}
      <div className="stage-front">{children}</div>
    </div>
  );
}

export function StageText({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className="stage-text">
      <Clapperboard size={30} strokeWidth={1.4} aria-hidden="true" />
      <strong>{title}</strong>
      <p>{children}</p>
    </div>
  );
}
