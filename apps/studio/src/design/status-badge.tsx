import type { VideoStatus } from "@reelwire/react";
import { STATUS_WORDS } from "../format/status-words.ts";
import "./status-badge.css";

/** Where a video is on its way, in a word; the dot moves while it is. */
export function StatusBadge({ status }: { status: VideoStatus }) {
  const { label, tone, meaning } = STATUS_WORDS[status];
  return (
    <span className={`status-badge status-badge-${tone}`} title={meaning}>
      {label}
    </span>
  );
}
