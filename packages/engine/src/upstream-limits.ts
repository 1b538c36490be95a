/** What all nodes together keep to towards the upstream; `null`: no limit. */
export interface UpstreamLimits {
  /** POSTs sent in a second. */
  submissionsPerSecond: number | null;
  /** Generations under way at a time. One that was canceled here counts no more, though the upstream may still make it. */
  generations: number | null;
  /** GETs of a generation's status sent in a second. */
  pollsPerSecond: number | null;
}

export const NO_LIMITS: UpstreamLimits = { submissionsPerSecond: null, generations: null, pollsPerSecond: null };

/** What one node may take of the limits. `Infinity`: as much as it wants. */
export interface LimitShares {
  submissionsPerSecond: number;
  generations: number;
  pollsPerSecond: number;
}

/** What a node has, and what it could use. */
export interface Demand {
  /** Generations that it carries. They are under way, whatever its share is. */
  generations: number;
  /** Videos that wait for their turn to be sent. */
  waiting: number;
}

/** The other nodes that carry videos. */
export interface Others {
  /** What they hold together. Nodes that were lost lately count, since what they had under way still is. */
  held: LimitShares;
  /** What each of those that live has, and could use. */
  demands: readonly Demand[];
}

/** What a node with nothing to do keeps of its equal part, so that it can begin at once. */
const RESERVE = 0.1;
/** A smaller part of a limit is what rounding left, not a share. */
const LEAST_SHARE = 1e-6;

/** The whole of the limits, for a node that has no others. */
export function wholeShares(limits: UpstreamLimits): LimitShares {
  return {
    submissionsPerSecond: limits.submissionsPerSecond ?? Number.POSITIVE_INFINITY,
    generations: limits.generations ?? Number.POSITIVE_INFINITY,
    pollsPerSecond: limits.pollsPerSecond ?? Number.POSITIVE_INFINITY,
  };
}

/**
 * What a node may take from now on. Nodes decide one after another, each knowing what the others hold, and never take what
 * is held, so that all together never have more than the limits allow; what a newcomer is short of, the others give back
 * the next time they decide.
 *
 * All is shared by what each can use. Submissions go to nodes with videos that wait, generations also to those that carry
 * some: while that is more than there is, nobody has more than an equal part of what is left by those who want less. A
 * node with nothing to do keeps a tenth of an equal part, of generations rounded down. What nobody wants of the
 * generations is kept ready in equal parts, and of the submissions by those that have videos waiting, or by all where
 * none has. Polls are shared in proportion to the generations that each carries, and one more.
 */
export function decideShares(limits: UpstreamLimits, demand: Demand, others: Others): LimitShares {
  const { held, demands } = others;
  const rate = (limit: number | null, heldByOthers: number, part: (limit: number) => number) => {
    if (limit === null) return Number.POSITIVE_INFINITY;
    const share = Math.min(part(limit), limit - heldByOthers);
    return share < limit * LEAST_SHARE ? 0 : share;
  };
  return {
    submissionsPerSecond: rate(limits.submissionsPerSecond, held.submissionsPerSecond, (limit) =>
      submissionsPart(limit, demand, demands),
    ),
    generations:
      limits.generations === null ? Number.POSITIVE_INFINITY : generations(limits.generations, demand, others),
    pollsPerSecond: rate(limits.pollsPerSecond, held.pollsPerSecond, (limit) => pollsPart(limit, demand, demands)),
  };
}

function submissionsPart(limit: number, own: Demand, others: readonly Demand[]): number {
  const all = [own, ...others];
  const busy = all.filter(({ waiting }) => waiting > 0);
  if (busy.length === 0) return limit / all.length;
  const reserve = (limit / all.length) * RESERVE;
  if (own.waiting === 0) return reserve;
  // A share lasts for about a second, in which nobody can send more than what waits.
  const want = ({ waiting }: Demand) => Math.max(waiting, reserve);
  const { most, left } = fairly(limit - reserve * (all.length - busy.length), busy.map(want));
  return Math.min(want(own), most) + left / busy.length;
}

function pollsPart(limit: number, own: Demand, others: readonly Demand[]): number {
  const weight = others.reduce((total, other) => total + other.generations + 1, own.generations + 1);
  return (limit * (own.generations + 1)) / weight;
}

function generations(limit: number, own: Demand, others: Others): number {
  const left = Math.max(0, limit - others.held.generations);
  return Math.max(own.generations, Math.min(generationsPart(limit, own, others.demands), left));
}

function generationsPart(limit: number, own: Demand, others: readonly Demand[]): number {
  const all = [own, ...others];
  const reserve = Math.floor((limit / all.length) * RESERVE);
  const want = (one: Demand) => Math.max(one.generations + one.waiting, reserve);
  const wants = all.map(want);
  const { most, left } = fairly(limit, wants);
  // Rounded down, so that nobody's part is taken by another; fewer than there are nodes stay unused.
  const part = Math.min(want(own), Math.max(1, Math.floor(most)));
  const ready = Math.floor(left / all.length);
  // Where nobody has anything and there is less than one for each, somebody must be able to begin.
  return part + (wants.every((wanted) => wanted === 0) ? Math.max(1, ready) : ready);
}

/**
 * Max-min fairness: the least are served first, and what they leave is shared by the rest.
 *
 * @returns the most that anybody gets, and what is left when all have what they want
 */
function fairly(limit: number, wants: readonly number[]): { most: number; left: number } {
  const ascending = wants.toSorted((a, b) => a - b);
  let left = limit;
  for (const [index, want] of ascending.entries()) {
    const equalPart = left / (ascending.length - index);
    if (want > equalPart) return { most: equalPart, left: 0 };
    left -= want;
  }
  return { most: Number.POSITIVE_INFINITY, left };
}
