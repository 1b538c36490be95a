import { cancelVideo, ReelwireError, useReelwire, type Video } from "@reelwire/react";
import CircleStop from "lucide-react/icons/circle-stop";
import { useState } from "react";
import { Button } from "../design/button.tsx";
import { Dialog } from "../design/dialog.tsx";
import { useToast } from "../design/toast.tsx";
import { formatUsd } from "../format/money.ts";

/** Cancels a video, once it was said what that may cost. */
export function CancelVideo({ video }: { video: Video }) {
  const connection = useReelwire();
  const toast = useToast();
  const [isAsking, setAsking] = useState(false);
  const [isBusy, setBusy] = useState(false);

  async function cancel() {
    setBusy(true);
    try {
      const { upstreamMayStillCharge } = await cancelVideo(connection, video.id);
      toast(
        upstreamMayStillCharge
          ? "Canceled. It had been sent, and may still be charged."
          : "Canceled. Nothing had been sent, so nothing is charged.",
      );
    } catch (error) {
      if (!(error instanceof ReelwireError)) throw error;
      toast(
        error.code === "VIDEO_ALREADY_FINISHED" ? "It had finished just before." : `Not canceled: ${error.message}`,
      );
    }
    setBusy(false);
    setAsking(false);
  }

  return (
    <>
      <Button variant="quiet" icon={CircleStop} onClick={() => setAsking(true)}>
        Cancel
      </Button>
      <Dialog
        open={isAsking}
        onClose={() => setAsking(false)}
        title="Cancel this video?"
        actions={
          <>
            <Button onClick={() => setAsking(false)}>Let it go on</Button>
            <Button variant="danger" busy={isBusy} onClick={cancel}>
              Cancel the video
            </Button>
          </>
        }
      >
        <p>{costWords(video)}</p>
        <p>It cannot be taken up again. You can make it anew from its page.</p>
      </Dialog>
    </>
  );
}

function costWords({ submittedAt, cost: { estimatedUsd } }: Video): string {
  if (submittedAt === null) return "Nothing has been sent yet. If it stays so until then, nothing is charged.";
  const price = estimatedUsd === null ? "" : `, up to about ${formatUsd(estimatedUsd)}`;
  return `It has been sent, and the upstream cannot stop it: it may finish unseen, and still be charged${price}.`;
}
