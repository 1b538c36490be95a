import type { ReelwireError } from "@reelwire/react";
import CircleAlert from "lucide-react/icons/circle-alert";
import { refusalWords } from "./refusal-words.ts";
import "./refusal.css";

/** Why the video was not made. */
export function Refusal({ error }: { error: ReelwireError }) {
  const { title, text } = refusalWords(error);
  return (
    <div className="refusal" role="alert">
      <CircleAlert size={18} aria-hidden="true" />
      <div>
        <strong>{title}</strong>
        <p>{text}</p>
        <p className="error-state-code">
          {error.requestId === null ? error.code : `${error.code} · ${error.requestId}`}
        </p>
      </div>
    </div>
  );
}
