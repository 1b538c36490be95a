import { type Video, VideoPlayer } from "@reelwire/react";
import Download from "lucide-react/icons/download";
import Link2 from "lucide-react/icons/link-2";
import Repeat2 from "lucide-react/icons/repeat-2";
import { Link } from "wouter";
import { Button, ButtonLink } from "../design/button.tsx";
import { useToast } from "../design/toast.tsx";
import { durationBetween } from "../format/duration.ts";
import { formatUsd } from "../format/money.ts";

/** The video, and what can be done with it. */
export function FinishedVideo({ video, onAgain }: { video: Video; onAgain: () => void }) {
  const showToast = useToast();
  const { url = null, finishedAt = null, createdAt } = video;
  async function copyLink() {
    try {
      await navigator.clipboard.writeText(url ?? "");
      showToast("The link is copied. Whoever has it can see the video.");
    } catch {
      showToast("This browser does not let the page copy. The link is that of Download.");
    }
  }
  return (
    <>
      <VideoPlayer video={video} className="live-panel-player" />
      <div className="live-panel-head">
        <p className="live-panel-facts">
          {finishedAt !== null && <span>Made in {durationBetween(createdAt, finishedAt)}</span>}
          <span>{costWords(video)}</span>
          <Link href={`/videos/${video.id}`}>Its page</Link>
        </p>
      </div>
      <div className="live-panel-actions">
        {url !== null && (
          <>
            <ButtonLink external variant="primary" icon={Download} href={downloadAddress(url)} download>
              Download
            </ButtonLink>
            <Button icon={Link2} onClick={copyLink}>
              Copy link
            </Button>
          </>
        )}
        <Button icon={Repeat2} onClick={onAgain}>
          Make it again with changes
        </Button>
      </div>
    </>
  );
}

/** Where a browser saves the file and does not play it. */
export function downloadAddress(url: string): string {
  return `${url}&download=1`;
}

function costWords({ cost: { chargedUsd = null, estimatedUsd = null } }: Video): string {
  if (chargedUsd !== null) return `Charged ${formatUsd(chargedUsd)}`;
  return estimatedUsd === null ? "Charge not known yet" : `About ${formatUsd(estimatedUsd)}`;
}
