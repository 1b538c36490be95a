import { isFinal, type Video } from "@reelwire/react";
import Download from "lucide-react/icons/download";
import Link2 from "lucide-react/icons/link-2";
import RefreshCw from "lucide-react/icons/refresh-cw";
import { Button, ButtonLink } from "../design/button.tsx";
import { CancelVideo } from "./cancel-video.tsx";
import { useCopy } from "./use-copy.ts";

/** What can be done with a video as it is now. */
export function VideoActions({ video }: { video: Video }) {
  const { id, status, url } = video;
  const copy = useCopy();
  return (
    <div className="video-actions">
      {url !== null && (
        <>
          <ButtonLink external href={downloadAddress(url)} download={`${id}.mp4`} variant="primary" icon={Download}>
            Download
          </ButtonLink>
          <Button icon={Link2} onClick={() => copy(url, "Link copied. Whoever has it can see the video.")}>
            Copy link
          </Button>
        </>
      )}
      <ButtonLink href={`/?from=${id}`} icon={RefreshCw} variant={status === "FAILED" ? "primary" : "secondary"}>
        Make it again
      </ButtonLink>
      {!isFinal(status) && <CancelVideo video={video} />}
    </div>
  );
}

/** The address at which the gateway has browsers save the file. */
function downloadAddress(url: string): string {
  const address = new URL(url, window.location.href);
  address.searchParams.set("download", "1");
  return address.href;
}
