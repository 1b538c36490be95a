import type { VideoStatus } from "../src/video.ts";
import type { VideoEvent } from "../src/video-state.ts";
import type { AnswerName } from "./video-fixtures.ts";

/** `same`: the very same object comes back. `answer`: as `ANSWER_TABLE` says. */
export type Outcome = VideoStatus | "same" | "answer";

const NOTHING = {
  submit_delayed: "same",
  submit_started: "same",
  submit_accepted: "same",
  submit_refused: "same",
  submit_postponed: "same",
  submit_outcome_lost: "same",
  submit_abandoned: "same",
  settled_accepted: "same",
  settled_not_accepted: "same",
  settle_abandoned: "same",
  polled: "same",
  generation_abandoned: "same",
  canceled: "same",
} as const satisfies Record<VideoEvent["type"], Outcome>;

/** What every event does in every status. A new event or status does not compile before it has its place here. */
export const TRANSITION_TABLE: Record<VideoStatus, Record<VideoEvent["type"], Outcome>> = {
  ACCEPTED: {
    ...NOTHING,
    submit_delayed: "ACCEPTED",
    submit_started: "SUBMITTING",
    submit_abandoned: "FAILED",
    canceled: "CANCELED",
  },
  SUBMITTING: {
    ...NOTHING,
    submit_accepted: "answer",
    submit_refused: "FAILED",
    submit_postponed: "ACCEPTED",
    submit_outcome_lost: "UNCONFIRMED",
    canceled: "CANCELED",
  },
  UNCONFIRMED: {
    ...NOTHING,
    submit_accepted: "answer",
    settled_accepted: "QUEUED",
    settled_not_accepted: "ACCEPTED",
    settle_abandoned: "FAILED",
    canceled: "CANCELED",
  },
  QUEUED: { ...NOTHING, polled: "answer", generation_abandoned: "FAILED", canceled: "CANCELED" },
  GENERATING: { ...NOTHING, polled: "answer", generation_abandoned: "FAILED", canceled: "CANCELED" },
  COMPLETED: NOTHING,
  FAILED: NOTHING,
  CANCELED: NOTHING,
};

const ACCEPTED_AS: Record<AnswerName, VideoStatus> = {
  queued: "QUEUED",
  generating: "GENERATING",
  completed: "COMPLETED",
  completedWithoutAddress: "GENERATING",
  error: "FAILED",
  errorWithoutReason: "FAILED",
  unknown: "GENERATING",
};

const POLLED_AS = {
  queued: "same",
  generating: "GENERATING",
  completed: "COMPLETED",
  completedWithoutAddress: "same",
  error: "FAILED",
  errorWithoutReason: "FAILED",
  unknown: "same",
} as const satisfies Record<AnswerName, VideoStatus | "same">;

/** What each answer does where the answer decides. */
export const ANSWER_TABLE: Record<
  "SUBMITTING" | "UNCONFIRMED" | "QUEUED" | "GENERATING",
  { event: "submit_accepted" | "polled"; becomes: Record<AnswerName, VideoStatus | "same"> }
> = {
  SUBMITTING: { event: "submit_accepted", becomes: ACCEPTED_AS },
  UNCONFIRMED: { event: "submit_accepted", becomes: ACCEPTED_AS },
  QUEUED: { event: "polled", becomes: POLLED_AS },
  GENERATING: { event: "polled", becomes: { ...POLLED_AS, generating: "same" } },
};
