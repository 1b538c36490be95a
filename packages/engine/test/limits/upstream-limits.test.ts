import * as fc from "fast-check";
import { afterEach, describe, expect, test, vi } from "vitest";
import { createPollPace } from "../../src/poll-pace.ts";
import { createSubmissionLine } from "../../src/submission-line.ts";
import {
  type Demand,
  decideShares,
  type LimitShares,
  type Others,
  type UpstreamLimits,
  wholeShares,
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
    demands: others.map(({ demand }) => demand),
  };
}

/** Rates that cannot be divided without rounding among them. */
const rate = fc.constantFrom(1, 0.7, 10 / 3, 10, 30);
const anyLimits: fc.Arbitrary<UpstreamLimits> = fc.record({
  submissionsPerSecond: rate,
  generations: fc.constantFrom(1, 3, 20, 100),
  pollsPerSecond: rate,
});

function node(waiting = 0): Node {
  return { demand: { generations: 0, waiting }, shares: NOTHING };
}

const total = (nodes: readonly Node[], of: (node: Node) => number) => nodes.reduce((sum, one) => sum + of(one), 0);

/** A node decides, then submits what it may. */
function decide(limits: UpstreamLimits, nodes: readonly Node[], node: Node): void {
  node.shares = decideShares(limits, node.demand, othersOf(nodes, node));
  const admitted = Math.max(0, Math.min(node.demand.waiting, node.shares.generations - node.demand.generations));
  node.demand = { generations: node.demand.generations + admitted, waiting: node.demand.waiting - admitted };
}

/** All decide in turn, while what they want stays the same. */
function settle(limits: UpstreamLimits, nodes: readonly Node[]): void {
  for (let round = 0; round < 3; round += 1) {
    for (const node of nodes) node.shares = decideShares(limits, node.demand, othersOf(nodes, node));
  }
}

const step = fc.record({
  who: fc.nat(7),
  what: fc.constantFrom("decide", "decide", "decide", "come", "finish", "join", "leave"),
  many: fc.integer({ min: 1, max: 40 }),
});

test("however nodes come, go, and decide one after another, all together never have more than the limits", () => {
  fc.assert(
    fc.property(anyLimits, fc.array(step, { maxLength: 120 }), (limits, steps) => {
      const { submissionsPerSecond, generations, pollsPerSecond } = wholeShares(limits);
      const nodes: Node[] = [];
      for (const { who, what, many } of steps) {
        const one = nodes[who % Math.max(1, nodes.length)];
        if (what === "join" && nodes.length < 8) nodes.push(node());
        else if (one === undefined) continue;
        else if (what === "decide") decide(limits, nodes, one);
        else if (what === "come") one.demand = { ...one.demand, waiting: one.demand.waiting + many };
        else if (what === "finish") {
          one.demand = { ...one.demand, generations: Math.max(0, one.demand.generations - many) };
        } else if (what === "leave" && one.demand.generations === 0) nodes.splice(nodes.indexOf(one), 1);
        expect(total(nodes, ({ demand }) => demand.generations)).toBeLessThanOrEqual(generations);
        expect(total(nodes, ({ shares }) => shares.generations)).toBeLessThanOrEqual(generations);
        expect(total(nodes, ({ shares }) => shares.submissionsPerSecond)).toBeLessThanOrEqual(
          submissionsPerSecond + 1e-9,
        );
        expect(total(nodes, ({ shares }) => shares.pollsPerSecond)).toBeLessThanOrEqual(pollsPerSecond + 1e-9);
        for (const { shares } of nodes) {
          for (const [share, limit] of [
            [shares.submissionsPerSecond, submissionsPerSecond],
            [shares.pollsPerSecond, pollsPerSecond],
          ] as const) {
            expect(share === 0 || share >= limit * 1e-6).toBe(true);
          }
        }
      }
    }),
    { numRuns: 500, seed: 9 },
  );
});

describe("when nothing changes any more", () => {
  test("all generations are used, and whoever waits has its equal part at least", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(60), { minLength: 1, maxLength: 5 }), (waiting) => {
        const limits = { submissionsPerSecond: 10, generations: 20, pollsPerSecond: 30 };
        const nodes = waiting.map(node);
        for (let round = 0; round < 10; round += 1) {
          for (const node of nodes) {
            decide(limits, nodes, node);
            // A generation ends now and then, so that what one holds too many of can go to others.
            if (node.demand.generations > 0) {
              node.demand = { generations: node.demand.generations - 1, waiting: node.demand.waiting + 1 };
            }
          }
        }
        for (let round = 0; round < 2; round += 1) for (const node of nodes) decide(limits, nodes, node);
        const underWay = total(nodes, ({ demand }) => demand.generations);
        const wanted = waiting.reduce((sum, count) => sum + count, 0);
        expect(underWay).toBeGreaterThanOrEqual(Math.min(20, wanted) - nodes.length);
        const equalPart = Math.floor(20 / nodes.length);
        nodes.forEach(({ demand }, index) => {
          expect(demand.generations).toBeGreaterThanOrEqual(Math.min(waiting[index] ?? 0, equalPart) - 1);
        });
      }),
      { numRuns: 200, seed: 9 },
    );
  });

  test("all of the submissions go to those that have videos waiting, but for a tenth of an equal part for each other", () => {
    const some = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 5_000 })), {
      minLength: 1,
      maxLength: 20,
    });
    fc.assert(
      fc.property(anyLimits, some, (limits, waiting) => {
        const nodes = waiting.map(node);
        settle(limits, nodes);
        const whole = wholeShares(limits).submissionsPerSecond;
        expect(total(nodes, ({ shares }) => shares.submissionsPerSecond)).toBeCloseTo(whole);
        const busy = nodes.filter(({ demand }) => demand.waiting > 0);
        const equalPart = whole / nodes.length;
        for (const { demand, shares } of nodes) {
          const isIdle = demand.waiting === 0 && busy.length > 0;
          if (isIdle) expect(shares.submissionsPerSecond).toBeCloseTo(equalPart / 10);
          else {
            const least = busy.length === 0 ? equalPart : Math.min(demand.waiting, equalPart);
            expect(shares.submissionsPerSecond).toBeGreaterThanOrEqual(least * (1 - 1e-9));
          }
        }
      }),
      { numRuns: 200, seed: 9 },
    );
  });

  test("one with thousands waiting among nineteen idle ones has nearly all", () => {
    const limits = { submissionsPerSecond: 10, generations: 100, pollsPerSecond: 10 };
    const nodes = [5_000, ...Array<number>(19).fill(0)].map(node);
    settle(limits, nodes);
    expect(nodes[0]?.shares.submissionsPerSecond).toBeCloseTo(9.05);
    expect(nodes[0]?.shares.generations).toBe(100);
    expect(nodes[1]?.shares.submissionsPerSecond).toBeCloseTo(0.05);
  });

  test("one with a few waiting has what it can send in a second, and the rest goes to the one with many", () => {
    const nodes = [5_000, 2].map(node);
    settle({ submissionsPerSecond: 10, generations: null, pollsPerSecond: null }, nodes);
    expect(nodes.map(({ shares }) => shares.submissionsPerSecond)).toEqual([8, 2]);
  });

  test("polls go where the generations are, and a few to those with none", () => {
    const nodes = [0, 3, 14].map((generations): Node => ({ demand: { generations, waiting: 0 }, shares: NOTHING }));
    settle({ submissionsPerSecond: null, generations: null, pollsPerSecond: 10 }, nodes);
    nodes.forEach(({ shares }, index) => {
      expect(shares.pollsPerSecond).toBeCloseTo([0.5, 2, 7.5][index] ?? 0);
    });
  });

  test("with fewer generations than nodes, some node can begin, whoever has nothing", () => {
    const nodes = Array.from({ length: 5 }, () => node());
    settle({ submissionsPerSecond: null, generations: 2, pollsPerSecond: null }, nodes);
    expect(nodes.map(({ shares }) => shares.generations)).toEqual([1, 1, 0, 0, 0]);
    const [, , third] = nodes;
    if (third !== undefined) third.demand = { generations: 0, waiting: 9 };
    settle({ submissionsPerSecond: null, generations: 2, pollsPerSecond: null }, nodes);
    expect(nodes.map(({ shares }) => shares.generations)).toEqual([0, 0, 2, 0, 0]);
  });
});

describe("a node that joins others which hold all", () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  test("begins with what is left, and sends and polls at its own rate as soon as the others gave that back", () => {
    vi.useFakeTimers();
    fc.assert(
      fc.property(rate, fc.integer({ min: 1, max: 9 }), fc.nat(3_000), (limit, count, ms) => {
        const limits = { submissionsPerSecond: limit, generations: null, pollsPerSecond: limit };
        const nodes = Array.from({ length: count }, () => node(1_000));
        settle(limits, nodes);
        const newcomer = node(1_000);
        nodes.push(newcomer);
        const line = createSubmissionLine();
        const polls = createPollPace();
        const moments: number[] = [];
        const apply = () => {
          newcomer.shares = decideShares(limits, newcomer.demand, othersOf(nodes, newcomer));
          line.setShares(newcomer.shares);
          polls.setShare(newcomer.shares.pollsPerSecond);
        };
        apply();
        const tickets = [0, 1, 2, 3, 4].map(() => line.join(() => moments.push(performance.now()), "key"));
        const first = tickets.filter((ticket) => ticket.admitted).length;
        for (let i = 0; i < 100; i += 1) polls.reserveMs();
        vi.advanceTimersByTime(ms);
        settle(limits, nodes);
        apply();
        const changedAt = performance.now();
        const spacing = 1_000 / newcomer.shares.submissionsPerSecond;
        expect(spacing).toBeCloseTo((1_000 * nodes.length) / limit);
        // What was promised before lies less than a second ahead.
        vi.advanceTimersByTime(1_000 + 1_000 / newcomer.shares.pollsPerSecond);
        expect(polls.reserveMs()).toBe(0);
        vi.advanceTimersByTime(spacing * 5 + 100);
        expect(first + moments.length).toBe(5);
        const late = moments.filter((at) => at > changedAt);
        late.forEach((at, index) => {
          const since = at - (late[index - 1] ?? changedAt);
          expect(since).toBeLessThanOrEqual(spacing + 5);
          if (index > 0) expect(since).toBeGreaterThanOrEqual(spacing - 5);
        });
        line.close();
      }),
      { numRuns: 100, seed: 9 },
    );
  });
});

test("where there is no limit there is no share", () => {
  const none = { submissionsPerSecond: null, generations: null, pollsPerSecond: null };
  const others = { held: NOTHING, demands: [{ generations: 7, waiting: 8 }] };
  expect(decideShares(none, { generations: 5, waiting: 5 }, others)).toEqual({
    submissionsPerSecond: Number.POSITIVE_INFINITY,
    generations: Number.POSITIVE_INFINITY,
    pollsPerSecond: Number.POSITIVE_INFINITY,
  });
});
