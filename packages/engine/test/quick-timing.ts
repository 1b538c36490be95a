import type { PollSchedule } from "@reelwire/core";

/** Looks often, since the emulator's minute is a fifth of a second here. */
export const quickSchedule: PollSchedule = { nextPollMs: () => 20 };

/** Waits short enough for tests; whatever a test is about, it sets itself. */
export const quickTiming = {
  settleFirstMs: 20,
  settleLongestMs: 100,
  submitRetryFirstMs: 20,
  submitRetryLongestMs: 100,
  oddAnswerGraceMs: 200,
  sweepMs: 200,
  webhookRetryFirstMs: 20,
  webhookRetryLongestMs: 100,
};
