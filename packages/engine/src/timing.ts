/** How long the engine waits for what. All in milliseconds. */
export interface CarryTiming {
  /** From submission until `GENERATION_TIMEOUT`. Default: 20 minutes; the vendor's own sample gives up after 16.7. */
  generationTimeoutMs: number;
  /** How long past its deadline a lost submission is looked for in the log. Default: 15 minutes. */
  settleGraceMs: number;
  /** First and longest wait between looks into the log. Default: 1 s and 60 s. */
  settleFirstMs: number;
  settleLongestMs: number;
  /** How long a video may wait to be sent, while the upstream refuses or cannot be reached. Default: 24 hours. */
  submitWindowMs: number;
  /** First and longest wait before a refused submission is tried again. Default: 2 s and 60 s. */
  submitRetryFirstMs: number;
  submitRetryLongestMs: number;
  /** POSTs begun for a video that the log showed as failed, before giving up. Default: 5. */
  failedAttempts: number;
  /** How long a poll may say "unknown id", or "completed" without an address, before that is believed. Default: 60 s. */
  oddAnswerGraceMs: number;
  /** How long past its deadline a video waits for an upstream that cannot be asked. Default: 24 hours. */
  unreachableGraceMs: number;
  /** How often a subscriber, and whoever carries a video, reads the database in case a notice was lost. Default: 30 s. */
  sweepMs: number;
  /** How often the upstream's ledger is read for what was charged late, and how soon again where that failed. Default: a day and an hour. */
  reconcileEveryMs: number;
  reconcileRetryMs: number;
  /** How long after its end a video's charge is waited for, and what it holds released if the ledger does not have it then. Default: 3 days. */
  chargeGraceMs: number;
  /** How long an uploaded image is kept that no video is made from, and how often those that have expired are looked for. Default: a day and 15 minutes. */
  uploadKeptMs: number;
  uploadSweepMs: number;
  /** From the request of a webhook to the head of its answer, and for the whole of an attempt. Default: 10 s and 15 s. */
  webhookAnswerMs: number;
  webhookAttemptMs: number;
  /** First and longest wait before a delivery is tried again, of which up to half is left out at random. Default: 2 s and 3 hours. */
  webhookRetryFirstMs: number;
  webhookRetryLongestMs: number;
  /** How long a delivery is tried, and how long it is kept after its end. Default: 2 days and 30 days. */
  webhookGiveUpMs: number;
  webhookKeptMs: number;
  /** How long every attempt at a webhook must have failed before it is switched off. Default: 3 days. */
  webhookFailingMs: number;
}

export const defaultTiming: CarryTiming = {
  generationTimeoutMs: 20 * 60_000,
  settleGraceMs: 15 * 60_000,
  settleFirstMs: 1_000,
  settleLongestMs: 60_000,
  submitWindowMs: 24 * 3_600_000,
  submitRetryFirstMs: 2_000,
  submitRetryLongestMs: 60_000,
  failedAttempts: 5,
  oddAnswerGraceMs: 60_000,
  unreachableGraceMs: 24 * 3_600_000,
  sweepMs: 30_000,
  reconcileEveryMs: 24 * 3_600_000,
  reconcileRetryMs: 3_600_000,
  chargeGraceMs: 3 * 24 * 3_600_000,
  uploadKeptMs: 24 * 3_600_000,
  uploadSweepMs: 15 * 60_000,
  webhookAnswerMs: 10_000,
  webhookAttemptMs: 15_000,
  webhookRetryFirstMs: 2_000,
  webhookRetryLongestMs: 3 * 3_600_000,
  webhookGiveUpMs: 2 * 24 * 3_600_000,
  webhookKeptMs: 30 * 24 * 3_600_000,
  webhookFailingMs: 3 * 24 * 3_600_000,
};

/** Waits that double from `firstMs` to `longestMs`, with ±25 % of jitter so that many videos do not come at once. */
export function createBackoff(
  firstMs: number,
  longestMs: number,
  random: () => number,
): { nextMs(): number; reset(): void } {
  let steps = 0;
  return {
    nextMs() {
      const waitMs = Math.min(longestMs, firstMs * 2 ** steps);
      steps += 1;
      return waitMs * (0.75 + random() / 2);
    },
    reset() {
      steps = 0;
    },
  };
}
