import type { VideoStatus, WaitingReason } from "@reelwire/react";

/** How a status is meant, for the colour and the icon beside its word. */
export type StatusTone = "waiting" | "running" | "done" | "failed" | "canceled";

/** What people call a status, and what it means for them. */
export interface StatusWords {
  label: string;
  tone: StatusTone;
  meaning: string;
}

export const STATUS_WORDS: Readonly<Record<VideoStatus, StatusWords>> = {
  ACCEPTED: { label: "Accepted", tone: "waiting", meaning: "Saved. Nothing has been sent yet." },
  SUBMITTING: { label: "Submitting", tone: "running", meaning: "The request is on its way." },
  UNCONFIRMED: {
    label: "Checking",
    tone: "waiting",
    meaning: "The answer was lost. It is being looked for, and not sent again blindly.",
  },
  QUEUED: { label: "Queued", tone: "running", meaning: "Accepted upstream, and not begun." },
  GENERATING: { label: "Generating", tone: "running", meaning: "The video is being made." },
  COMPLETED: { label: "Finished", tone: "done", meaning: "The video is ready." },
  FAILED: { label: "Failed", tone: "failed", meaning: "It ended without a video." },
  CANCELED: { label: "Canceled", tone: "canceled", meaning: "Somebody canceled it." },
};

/** Why a video is still waiting, as a sentence. */
export const WAITING_WORDS: Readonly<Record<WaitingReason, string>> = {
  RATE_LIMITED: "The upstream takes no more for now. It is sent as soon as it does.",
  CAPACITY_LIMITED: "All places are taken for now. It is sent as soon as one is free.",
  UPSTREAM_UNREACHABLE: "The upstream cannot be reached. It is sent as soon as it can.",
  UPSTREAM_ERROR: "The upstream had a problem and did not take it. It is sent again shortly.",
};
