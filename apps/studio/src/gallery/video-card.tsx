import type { Video } from "@reelwire/react";
import Volume2 from "lucide-react/icons/volume-2";
import { useRef, useState } from "react";
import { Link } from "wouter";
import { formatAgo, formatDateTime } from "../format/date.ts";
import { RESOLUTION_WORDS } from "../format/input-words.ts";
import { formatUsd } from "../format/money.ts";
import { useNow } from "../format/use-now.ts";
import { CardStage } from "./card-stage.tsx";

/** Longer prompts are not read out in a list. */
const NAME_CHARACTERS = 140;

/** One video in the gallery: what it looks like, or how far it is, and what it was asked to be. */
export function VideoCard({ video }: { video: Video }) {
  const [isLookedAt, setLookedAt] = useState(false);
  const pointed = useRef(false);
  const focused = useRef(false);
  const look = () => setLookedAt(pointed.current || focused.current);

  return (
    <article
      className="video-card"
      onPointerEnter={({ pointerType }) => {
        // A finger scrolls by.
        pointed.current = pointerType === "mouse";
        look();
      }}
      onPointerLeave={() => {
        pointed.current = false;
        look();
      }}
      onFocus={({ target }) => {
        focused.current = target.matches(":focus-visible");
        look();
      }}
      onBlur={() => {
        focused.current = false;
        look();
      }}
    >
      <div className="video-card-stage">
        <CardStage video={video} isLookedAt={isLookedAt} />
        {video.url !== null && (
          <span className="video-card-length">
            {video.generateAudio && <Volume2 size={13} aria-hidden="true" />}
            {video.durationSeconds} s
            <span className="visually-hidden">{video.generateAudio ? ", with sound" : ", silent"}</span>
          </span>
        )}
      </div>
      <h2 className="video-card-name">
        <Link href={`/videos/${video.id}`}>{shortened(video.prompt)}</Link>
      </h2>
      <Facts video={video} />
    </article>
  );
}

function Facts({ video: { status, url, createdAt, durationSeconds, resolution, cost, externalId } }: { video: Video }) {
  const now = useNow(30_000);
  // What was expected of a video that there will not be says nothing.
  const isOff = status === "FAILED" || status === "CANCELED";
  const usd = cost.chargedUsd ?? (isOff ? null : cost.estimatedUsd);
  return (
    <p className="video-card-facts">
      <time dateTime={createdAt} title={formatDateTime(createdAt)}>
        {formatAgo(createdAt, now)}
      </time>
      {url === null && <span>{durationSeconds} s</span>}
      <span>{RESOLUTION_WORDS[resolution]}</span>
      {usd !== null && <span>{cost.chargedUsd === null ? `about ${formatUsd(usd)}` : formatUsd(usd)}</span>}
      {externalId !== null && <span className="video-card-external">{externalId}</span>}
    </p>
  );
}

function shortened(prompt: string): string {
  return prompt.length > NAME_CHARACTERS ? `${prompt.slice(0, NAME_CHARACTERS).trimEnd()}…` : prompt;
}
