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

/** The other nodes that carry videos, taken together. */
export interface Others {
  nodes: number;
  /** What they hold. Nodes that were lost lately count, since what they had under way still is. */
  held: LimitShares;
  /** Whether one of them could use more generations than it holds. */
  wantMore: boolean;
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
 * Rates are shared equally. Of the generations a node takes what it can use, but no more than its equal part while another
 * could use more; and what is its equal part is kept ready for it while nobody else wants it.
 */
export function decideShares(limits: UpstreamLimits, demand: Demand, others: Others): LimitShares {
  const nodes = others.nodes + 1;
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
  const equalPart = Math.max(1, Math.floor(limit / (others.nodes + 1)));
  const wanted = demand.generations + demand.waiting;
  const allowed = others.wantMore ? Math.min(wanted, equalPart) : Math.max(wanted, equalPart);
  return Math.max(demand.generations, Math.min(allowed, left));
}
