import { isFinal, type Video } from "@reelwire/react";
import { Card } from "../design/card.tsx";
import { formatDateTime, formatTimeOfDay } from "../format/date.ts";
import { formatDuration } from "../format/duration.ts";
import { STATUS_WORDS, WAITING_WORDS } from "../format/status-words.ts";
import { useNow } from "../format/use-now.ts";
import { useVideoHistory } from "./use-video-history.ts";
import type { HistoryEntry } from "./video-history.ts";

/** Every state that the video was in, when, and for how long. */
export function HistoryCard({ video }: { video: Video }) {
  const { history, error } = useVideoHistory(video.id);
  const now = useNow(1_000);
  const [first] = history;
  const last = history.at(-1);
  return (
    <Card aria-labelledby="history">
      <header className="history-head">
        <h2 id="history">History</h2>
        {first !== undefined && last !== undefined && (
          <span>
            {isFinal(last.status)
              ? `${formatDuration(Date.parse(last.at) - Date.parse(first.at))} in all`
              : `${formatDuration(Math.floor(Math.max(0, now - Date.parse(first.at)) / 1000) * 1000)} so far`}
          </span>
        )}
      </header>
      {error !== null && <p className="history-error">The history did not load: {error.message}</p>}
      <ol className="history">
        {history.map((entry) => (
          <Entry key={entry.version} entry={entry} />
        ))}
      </ol>
    </Card>
  );
}

function Entry({ entry: { status, waitingReason, at, sincePreviousMs } }: { entry: HistoryEntry }) {
  const { label, tone } = STATUS_WORDS[status];
  return (
    <li className={`history-entry history-entry-${tone}`}>
      <span className="history-label">{label}</span>
      <time dateTime={at} title={formatDateTime(at)}>
        {formatTimeOfDay(at)}
      </time>
      {waitingReason !== null && <span className="history-reason">{WAITING_WORDS[waitingReason]}</span>}
      {sincePreviousMs !== null && (
        <span className="history-since">
          <span className="visually-hidden">after </span>
          <span aria-hidden="true">+</span>
          {formatDuration(sincePreviousMs)}
        </span>
      )}
    </li>
  );
}
