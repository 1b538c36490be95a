/** How fast one node may poll. */
export interface PollPace {
  /**
   * Takes the next free moment for a poll, where there is one within a second. None is given away earlier, so that a
   * changed share, or a pause, holds for nearly all that come after it.
   *
   * @returns how long to wait for it, in milliseconds; `null`: there is none, ask again in a second
   */
  reserveMs(): number | null;
  /** The upstream said 429 to a poll: all wait for as long as it asked, or ever longer. */
  refused(retryAfterMs: number): void;
  answered(): void;
  setShare(pollsPerSecond: number): void;
  /** Stops all polls for at least so long, in milliseconds: another node has met a 429. */
  pauseFor(ms: number): void;
  /** How much longer no poll is sent since this node met a 429, in milliseconds. What `pauseFor` said is not in it. */
  pausedForMs(): number;
}

/** First and longest pause after a 429 that does not say how long, in milliseconds. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;
/** Polls a second after a pause, when there is no limit of ours: a node's thousands shall not come back in one instant. */
const AFTER_PAUSE_PER_SECOND = 20;

/** How far ahead moments are given away, in milliseconds. Nobody who waits for one can be told to wait longer. */
const HORIZON_MS = 1_000;

/** @param now the time in milliseconds; only differences count */
export function createPollPace(now: () => number = () => performance.now()): PollPace {
  let share = Number.POSITIVE_INFINITY;
  let lastAt = Number.NEGATIVE_INFINITY;
  let pausedUntil = Number.NEGATIVE_INFINITY;
  /** As far as this node was told by the upstream itself. */
  let ownPauseUntil = Number.NEGATIVE_INFINITY;
  let pauseMs = FIRST_PAUSE_MS;
  let slowUntil = Number.NEGATIVE_INFINITY;

  function pauseUntil(until: number): void {
    pausedUntil = Math.max(pausedUntil, until);
    slowUntil = pausedUntil + pauseMs;
  }

  return {
    reserveMs() {
      if (!Number.isFinite(1_000 / share)) return null;
      const time = now();
      const from = Math.max(time, pausedUntil);
      const perSecond = Math.max(from, lastAt) < slowUntil ? Math.min(share, AFTER_PAUSE_PER_SECOND) : share;
      const at = Math.max(from, lastAt + 1_000 / perSecond);
      if (at - time > HORIZON_MS) return null;
      lastAt = at;
      return at - time;
    },
    refused(retryAfterMs) {
      // Of those that were on their way together, the first to be refused decides.
      if (now() < pausedUntil) return;
      ownPauseUntil = now() + Math.max(retryAfterMs, pauseMs);
      pauseUntil(ownPauseUntil);
      pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2);
    },
    answered() {
      if (now() >= slowUntil) pauseMs = FIRST_PAUSE_MS;
    },
    setShare(pollsPerSecond) {
      share = pollsPerSecond;
    },
    pauseFor(ms) {
      if (ms > 0) pauseUntil(now() + ms);
    },
    pausedForMs: () => Math.max(0, ownPauseUntil - now()),
  };
}
