import type { WaitingReason } from "@reelwire/core";

/** A video's place in the line of those to be sent. */
export interface Ticket {
  /** Whether it may be sent now. From then on it counts as a generation under way, until `leave`. */
  readonly admitted: boolean;
  /** What it waits for; `null` once admitted. */
  readonly waitingReason: WaitingReason | null;
  /** Says what the upstream answered to the POST: `refused` for a 429, with how long it asked to wait, in milliseconds. */
  answered(outcome: "taken" | "refused", retryAfterMs?: number): void;
  /** Gives the place, and what was admitted, to others. Safe to call twice. */
  leave(): void;
}

/**
 * The videos of one node that are to be sent. Groups take turns, one video each, however many they have; those of one group
 * go in the order they came. The line moves as fast as the node's shares of the limits allow. When the upstream says 429 it
 * stops; later one at a time is let through, then two, then four, until all flows again, so that a line of a thousand meets a
 * closed door once and not a thousand times.
 */
export interface SubmissionLine {
  /**
   * Takes a place at the end of a group. Whoever is not admitted at once is called by `onAdmitted` when its turn comes.
   *
   * @param group whose it is: what others of the same name wait for each other
   */
  join(onAdmitted: () => void, group: string): Ticket;
  /** The place of a generation that is already under way: it counts, and waits for nothing. */
  underWay(): Pick<Ticket, "leave">;
  setShares(shares: { submissionsPerSecond: number; generations: number }): void;
  /** Stops the line for at least so long, in milliseconds: another node has met a 429. */
  pauseFor(ms: number): void;
  /** How much longer the line stands still since this node met a 429, in milliseconds. What `pauseFor` said is not in it. */
  pausedForMs(): number;
  /** Whether this node may send nothing for now, since it has no share of the submissions or of the generations. */
  isShut(): boolean;
  /** Generations under way here, and videos that wait. */
  demand(): { generations: number; waiting: number };
  /** Has `listener`, of which there is one, called whenever one more generation is under way. */
  onUnderWay(listener: () => void): void;
  close(): void;
}

/** First and longest pause after a 429 that does not say how long, in milliseconds. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;
/** The longest that a timer can wait, in milliseconds: one that is set for longer rings at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;
/** Beyond this the door counts as open. */
const WIDE_OPEN = 1_024;

interface Place extends Ticket {
  admitted: boolean;
  onAdmitted: () => void;
  group: string;
}

/** @param now the time in milliseconds; only differences count */
export function createSubmissionLine(now: () => number = () => performance.now()): SubmissionLine {
  /** Those that wait, by group. The group whose turn it is comes first. */
  const groups = new Map<string, Set<Place>>();
  let waiting = 0;
  let underWay = 0;
  let onUnderWay = () => {};
  let sending = 0;
  let shares = { submissionsPerSecond: Number.POSITIVE_INFINITY, generations: Number.POSITIVE_INFINITY };
  let lastAt = Number.NEGATIVE_INFINITY;
  let pausedUntil = Number.NEGATIVE_INFINITY;
  /** As far as this node was told by the upstream itself. */
  let ownPauseUntil = Number.NEGATIVE_INFINITY;
  let pauseMs = FIRST_PAUSE_MS;
  let window = Number.POSITIVE_INFINITY;
  let timer: NodeJS.Timeout | null = null;

  /** How long the first of the line must wait, in milliseconds; `null`: until something else changes. */
  function waitMs(): number | null {
    if (underWay >= shares.generations || sending >= window || !hasRate()) return null;
    // From the share as it is now: what it was when the last one went must not hold up the next.
    return Math.max(0, lastAt + 1_000 / shares.submissionsPerSecond - now(), pausedUntil - now());
  }

  function hasRate(): boolean {
    return Number.isFinite(1_000 / shares.submissionsPerSecond);
  }

  function first(): Place | undefined {
    const [group] = groups.values();
    const [place] = group ?? [];
    return place;
  }

  function add(place: Place): void {
    const group = groups.get(place.group) ?? new Set();
    groups.set(place.group, group.add(place));
    waiting += 1;
  }

  function remove(place: Place): void {
    const group = groups.get(place.group);
    if (!group?.delete(place)) return;
    waiting -= 1;
    if (group.size === 0) groups.delete(place.group);
  }

  function admit(place: Place): void {
    lastAt = now();
    remove(place);
    const group = groups.get(place.group);
    if (group !== undefined) {
      groups.delete(place.group);
      groups.set(place.group, group);
    }
    place.admitted = true;
    sending += 1;
    begin();
  }

  function begin(): void {
    underWay += 1;
    onUnderWay();
  }

  /** Lets through whoever may go. */
  function move(): void {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    for (let place = first(); place !== undefined; place = first()) {
      const ms = waitMs();
      if (ms === null) return;
      if (ms > 0) {
        timer = setTimeout(move, Math.min(Math.ceil(ms), LONGEST_TIMER_MS));
        return;
      }
      admit(place);
      place.onAdmitted();
    }
  }

  function refused(retryAfterMs: number): void {
    // Of those that were on their way together, the first to be refused decides.
    if (now() >= pausedUntil) {
      ownPauseUntil = now() + Math.max(retryAfterMs, pauseMs);
      pausedUntil = ownPauseUntil;
      pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2);
    }
    window = 1;
  }

  function taken(): void {
    pauseMs = FIRST_PAUSE_MS;
    window = window * 2 >= WIDE_OPEN ? Number.POSITIVE_INFINITY : window * 2;
  }

  return {
    join(onAdmitted, group) {
      let isSending = true;
      let here = true;
      const place: Place = {
        admitted: false,
        onAdmitted,
        group,
        get waitingReason() {
          if (place.admitted) return null;
          return now() < pausedUntil || window < WIDE_OPEN ? "RATE_LIMITED" : "CAPACITY_LIMITED";
        },
        answered(outcome, retryAfterMs = 0) {
          if (!place.admitted || !isSending) return;
          isSending = false;
          sending -= 1;
          if (outcome === "refused") refused(retryAfterMs);
          else taken();
          move();
        },
        leave() {
          if (!here) return;
          here = false;
          remove(place);
          if (!place.admitted) return;
          underWay -= 1;
          if (isSending) sending -= 1;
          isSending = false;
          move();
        },
      };
      if (waiting === 0 && waitMs() === 0) {
        admit(place);
      } else {
        add(place);
        move();
      }
      return place;
    },
    underWay() {
      let here = true;
      begin();
      return {
        leave() {
          if (!here) return;
          here = false;
          underWay -= 1;
          move();
        },
      };
    },
    setShares(newShares) {
      shares = newShares;
      move();
    },
    pauseFor(ms) {
      if (ms <= 0) return;
      pausedUntil = Math.max(pausedUntil, now() + ms);
      window = 1;
      move();
    },
    pausedForMs: () => Math.max(0, ownPauseUntil - now()),
    isShut: () => shares.generations < 1 || !hasRate(),
    demand: () => ({ generations: underWay, waiting }),
    onUnderWay(listener) {
      onUnderWay = listener;
    },
    close() {
      if (timer !== null) clearTimeout(timer);
      groups.clear();
      waiting = 0;
    },
  };
}
