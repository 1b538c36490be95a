import type { CanceledVideo, Video } from "@reelwire/react";
import { useState } from "react";
import { Button } from "../design/button.tsx";
import { Dialog } from "../design/dialog.tsx";
import { useToast } from "../design/toast.tsx";
import { formatUsd } from "../format/money.ts";

export interface CancelDialogProps {
  video: Video;
  open: boolean;
  onClose: () => void;
  /** `null`: it could not be canceled. */
  cancel: () => Promise<CanceledVideo | null>;
}

/** Asks before a video is canceled, since it may be paid for all the same. */
export function CancelDialog({ video, open, onClose, cancel }: CancelDialogProps) {
  const showToast = useToast();
  const [busy, setBusy] = useState(false);
  async function doCancel() {
    setBusy(true);
    const canceled = await cancel();
    setBusy(false);
    onClose();
    if (canceled === null) return showToast("It could not be canceled.");
    showToast(canceled.upstreamMayStillCharge ? "Canceled. It may still be charged." : "Canceled. Nothing is charged.");
  }
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title="Cancel this video?"
      actions={
        <>
          <Button onClick={onClose}>Keep it</Button>
          <Button variant="danger" busy={busy} onClick={doCancel}>
            Cancel the video
          </Button>
        </>
      }
    >
      <p>{whatItMayCost(video)}</p>
      <p>What has been made of it so far cannot be had, and a canceled video does not come back.</p>
    </Dialog>
  );
}

/** Also for other pages that cancel. */
export function whatItMayCost({ status, cost }: Pick<Video, "status" | "cost">): string {
  if (status === "ACCEPTED") return "Nothing has been sent upstream yet, so most likely nothing is charged.";
  const price = cost.estimatedUsd == null ? "in full" : formatUsd(cost.estimatedUsd);
  return `It was already sent. The upstream cannot cancel: it may finish the video and charge ${price} all the same.`;
}
