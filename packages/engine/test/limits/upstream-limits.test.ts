import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  type Demand,
  decideShares,
  type LimitShares,
  type Others,
  type UpstreamLimits,
} from "../../src/upstream-limits.ts";

interface Node {
  demand: Demand;
  shares: LimitShares;
}

const NOTHING: LimitShares = { submissionsPerSecond: 0, generations: 0, pollsPerSecond: 0 };

/** What the others of a node hold, as `nodes` tells it. */
function othersOf(nodes: readonly Node[], self: Node): Others {
  const others = nodes.filter((node) => node !== self);
  const sum = (name: keyof LimitShares) => others.reduce((total, { shares }) => total + shares[name], 0);
  return {
    held: {
      submissionsPerSecond: sum("submissionsPerSecond"),
      generations: sum("generations"),
      pollsPerSecond: sum("pollsPerSecond"),
    },
    wanted: others.map(({ demand }) => demand.generations + demand.waiting),
  };
}

const limits: UpstreamLimits = { submissionsPerSecond: 10, generations: 20, pollsPerSecond: 30 };

/** A node decides, then submits what it may. */
function decide(nodes: readonly Node[], node: Node): void {
  node.shares = decideShares(limits, node.demand, othersOf(nodes, node));
  const admitted = Math.max(0, Math.min(node.demand.waiting, node.shares.generations - node.demand.generations));
  node.demand = { generations: node.demand.generations + admitted, waiting: node.demand.waiting - admitted };
}

const step = fc.record({
  who: fc.nat(4),
  what: fc.constantFrom("decide", "decide", "decide", "come", "finish", "join", "leave"),
  many: fc.integer({ min: 1, max: 40 }),
});

test("however nodes come, go, and decide one after another, all together never have more than the limits", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
      const nodes: Node[] = [];
      for (const { who, what, many } of steps) {
        const node = nodes[who % Math.max(1, nodes.length)];
        if (what === "join" && nodes.length < 5) {
          nodes.push({ demand: { generations: 0, waiting: 0 }, shares: NOTHING });
        } else if (node === undefined) continue;
        else if (what === "decide") decide(nodes, node);
        else if (what === "come") node.demand = { ...node.demand, waiting: node.demand.waiting + many };
        else if (what === "finish") {
          node.demand = { ...node.demand, generations: Math.max(0, node.demand.generations - many) };
        } else if (what === "leave" && node.demand.generations === 0) nodes.splice(nodes.indexOf(node), 1);
        const sum = (of: (node: Node) => number) => nodes.reduce((total, one) => total + of(one), 0);
        expect(sum(({ demand }) => demand.generations)).toBeLessThanOrEqual(20);
        expect(sum(({ shares }) => shares.generations)).toBeLessThanOrEqual(20);
        expect(sum(({ shares }) => shares.submissionsPerSecond)).toBeLessThanOrEqual(10 + 1e-9);
        expect(sum(({ shares }) => shares.pollsPerSecond)).toBeLessThanOrEqual(30 + 1e-9);
      }
    }),
    { numRuns: 500 },
  );
});

test("when nothing changes any more, all of the limits are used, and whoever waits has its equal part at least", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(60), { minLength: 1, maxLength: 5 }), (waiting) => {
      const nodes = waiting.map((count): Node => ({ demand: { generations: 0, waiting: count }, shares: NOTHING }));
      for (let round = 0; round < 10; round += 1) {
        for (const node of nodes) {
          decide(nodes, node);
          // A generation ends now and then, so that what one holds too many of can go to others.
          if (node.demand.generations > 0) {
            node.demand = { generations: node.demand.generations - 1, waiting: node.demand.waiting + 1 };
          }
        }
      }
      for (let round = 0; round < 2; round += 1) for (const node of nodes) decide(nodes, node);
      const underWay = nodes.reduce((total, { demand }) => total + demand.generations, 0);
      const wanted = waiting.reduce((total, count) => total + count, 0);
      expect(underWay).toBeGreaterThanOrEqual(Math.min(20, wanted) - nodes.length);
      const equalPart = Math.floor(20 / nodes.length);
      nodes.forEach(({ demand }, index) => {
        expect(demand.generations).toBeGreaterThanOrEqual(Math.min(waiting[index] ?? 0, equalPart) - 1);
      });
      const rates = nodes.reduce((total, { shares }) => total + shares.submissionsPerSecond, 0);
      expect(rates).toBeCloseTo(10);
    }),
    { numRuns: 200 },
  );
});

test("where there is no limit there is no share", () => {
  const none = { submissionsPerSecond: null, generations: null, pollsPerSecond: null };
  const others = { held: NOTHING, wanted: [7, 8, 9] };
  expect(decideShares(none, { generations: 5, waiting: 5 }, others)).toEqual({
    submissionsPerSecond: Number.POSITIVE_INFINITY,
    generations: Number.POSITIVE_INFINITY,
    pollsPerSecond: Number.POSITIVE_INFINITY,
  });
});
