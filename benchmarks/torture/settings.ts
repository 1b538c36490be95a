/** How a torture is done. Repeatable: the same settings draw the same videos, faults and misfortunes. */
export interface TortureSettings {
  seed: number;
  /** Videos that are asked for. */
  videos: number;
  /** Gateway processes, at least 3: the fourth answers clients only, the fifth carries videos only. */
  nodes: number;
  /** For how long videos are asked for and misfortunes happen. What is under way then is given time to end. */
  seconds: number;
}

export const FULL_TORTURE: TortureSettings = { seed: 1, videos: 500, nodes: 5, seconds: 180 };
export const SHORT_TORTURE: TortureSettings = { seed: 1, videos: 60, nodes: 3, seconds: 20 };

/**
 * What a node waits for, in milliseconds: shorter than in production, so that what never comes is given up within the torture.
 * A row of the log is never later than the generation's end, so a submission that can be settled is, well before it is given up.
 */
export const NODE_TIMING = {
  generationTimeoutMs: 13_000,
  settleGraceMs: 9_000,
  settleLongestMs: 5_000,
  submitRetryLongestMs: 5_000,
  oddAnswerGraceMs: 8_000,
} as const;

/** How often a node asks for a generation, in milliseconds: often, so that much can go wrong. */
export const POLL_EVERY_MS = 1_000;

/** From a submission to the end of its generation, drawn evenly, in milliseconds. */
export const GENERATION_MS = { min: 500, max: 6_000 } as const;

/** How long what is under way after the last misfortune may take to end, in milliseconds: one video's longest way, twice. */
export const PATIENCE_MS = 120_000;

/** A node that is heard of again later than this has lost its videos, in milliseconds. See `sharedLease`. */
export const LEASE_MS = 5_000;
