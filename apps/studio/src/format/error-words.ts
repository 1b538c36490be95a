import type { VideoError, VideoErrorCode } from "@reelwire/react";

/** What happened, and what can be done about it, in plain words. */
export interface ErrorWords {
  title: string;
  advice: string;
}

export const VIDEO_ERROR_WORDS: Readonly<Record<VideoErrorCode, ErrorWords>> = {
  IMAGE_UNAVAILABLE: {
    title: "An uploaded image is gone",
    advice: "Upload the image again, and make the video from that.",
  },
  GENERATION_FAILED: {
    title: "The model could not make this video",
    advice: "Try again, or describe it in another way.",
  },
  GENERATION_TIMEOUT: {
    title: "It took too long",
    advice: "It was given up after the deadline. Another try may be quicker.",
  },
  GENERATION_NOT_FOUND: {
    title: "The upstream lost it",
    advice: "It was accepted and later no longer known. Another try may go through.",
  },
  RESULT_MISSING: {
    title: "It finished without a file",
    advice: "The upstream said it was done and gave no video. Another try may bring one.",
  },
  SUBMISSION_UNCONFIRMED: {
    title: "Nobody can say whether it was accepted",
    advice: "The answer was lost, and it was not sent again, since that might have been paid twice.",
  },
  UPSTREAM_INPUT_REJECTED: {
    title: "The request was refused",
    advice: "Something about the prompt, the frames or the settings is not accepted. Change it and try again.",
  },
  UPSTREAM_KEY_REJECTED: {
    title: "The gateway's key was refused",
    advice: "Whoever runs this gateway must set a valid key.",
  },
  UPSTREAM_FORBIDDEN: {
    title: "No credits, or no permission",
    advice: "Whoever runs this gateway must top up or ask for access.",
  },
  UPSTREAM_UNAVAILABLE: {
    title: "The upstream could not be reached",
    advice: "It kept failing before it took the request. Try again later.",
  },
};

/** Whether the same request may succeed. */
export function retryableWords({ retryable }: Pick<VideoError, "retryable">): string {
  return retryable ? "The same request may succeed another time." : "The same request would fail again.";
}

/** Whether it is paid for. */
export function billedWords({ billed }: Pick<VideoError, "billed">): string {
  if (billed === null) return "Whether it is charged cannot be known.";
  return billed ? "It is charged all the same." : "It is not charged.";
}
