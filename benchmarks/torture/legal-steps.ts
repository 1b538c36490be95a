import type { VideoStatus } from "../../packages/core/src/index.ts";

const UNDER_WAY = ["QUEUED", "GENERATING"] as const;
const ANSWERED = ["QUEUED", "GENERATING", "COMPLETED", "FAILED"] as const;

/** From which statuses an event may lead to which: the table of VIDEO-STATE.md. */
const STEPS: Readonly<Record<string, { from: readonly VideoStatus[]; to: readonly VideoStatus[] }>> = {
  submit_delayed: { from: ["ACCEPTED"], to: ["ACCEPTED"] },
  submit_started: { from: ["ACCEPTED"], to: ["SUBMITTING"] },
  submit_accepted: { from: ["SUBMITTING", "UNCONFIRMED"], to: ANSWERED },
  submit_refused: { from: ["SUBMITTING"], to: ["FAILED"] },
  submit_postponed: { from: ["SUBMITTING"], to: ["ACCEPTED"] },
  submit_outcome_lost: { from: ["SUBMITTING"], to: ["UNCONFIRMED"] },
  submit_abandoned: { from: ["ACCEPTED"], to: ["FAILED"] },
  settled_accepted: { from: ["UNCONFIRMED"], to: ["QUEUED"] },
  settled_not_accepted: { from: ["UNCONFIRMED"], to: ["ACCEPTED"] },
  settle_abandoned: { from: ["UNCONFIRMED"], to: ["FAILED"] },
  polled: { from: UNDER_WAY, to: ["GENERATING", "COMPLETED", "FAILED"] },
  generation_abandoned: { from: UNDER_WAY, to: ["FAILED"] },
  canceled: { from: ["ACCEPTED", "SUBMITTING", "UNCONFIRMED", "QUEUED", "GENERATING"], to: ["CANCELED"] },
};

/** Whether the table allows this step. */
export function isLegalStep(event: string, from: VideoStatus, to: VideoStatus): boolean {
  const step = STEPS[event];
  return step?.from.includes(from) === true && step.to.includes(to);
}
