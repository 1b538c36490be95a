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
  /** How many generations each of those that live could use. */
  wanted: readonly number[];
}

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
 * Rates are shared equally. Generations are shared by what each can use: while that is more than there are, nobody has more
 * than an equal part of what is left by those who want less; otherwise what nobody wants is kept ready in equal parts.
 */
export function decideShares(limits: UpstreamLimits, demand: Demand, others: Others): LimitShares {
  const nodes = others.wanted.length + 1;
  const rate = (limit: number | null, held: number) =>
    limit === null ? Number.POSITIVE_INFINITY : Math.max(0, Math.min(limit / nodes, limit - held));
  return {
    submissionsPerSecond: rate(limits.submissionsPerSecond, others.held.submissionsPerSecond),
    generations:
      limits.generations === null ? Number.POSITIVE_INFINITY : generations(limits.generations, demand, others),
    pollsPerSecond: rate(limits.pollsPerSecond, others.held.pollsPerSecond),
  };
}

function generations(limit: number, demand: Demand, others: Others): number {
  const left = Math.max(0, limit - others.held.generations);
  const part = fairPart(limit, demand.generations + demand.waiting, others.wanted);
  return Math.max(demand.generations, Math.min(part, left));
}

/** Max-min fairness: the least are served first, and what they leave is shared by the rest. */
function fairPart(limit: number, wanted: number, others: readonly number[]): number {
  const ascending = [wanted, ...others].sort((a, b) => a - b);
  let left = limit;
  for (const [index, want] of ascending.entries()) {
    const equalPart = left / (ascending.length - index);
    // Rounded down, so that nobody's part is taken by another; fewer than there are nodes stay unused.
    if (want > equalPart) return Math.min(wanted, Math.max(1, Math.floor(equalPart)));
    left -= want;
  }
  return wanted + Math.floor(left / ascending.length);
}
