import * as fc from "fast-check";
import { expect, test } from "vitest";
import { createSubmissionLine, type Ticket } from "../../src/submission-line.ts";

interface Waiting {
  group: string;
  ticket: Ticket;
  /** The groups that were let through since its own was, or since it came. */
  passedBy: Set<string>;
}

const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant("join" as const), group: fc.constantFrom("a", "b", "c", "d") }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("end" as const), which: fc.nat(20) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("give up" as const), which: fc.nat(20) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("allow" as const), generations: fc.integer({ min: 0, max: 6 }) }),
  },
);

test("groups take turns, each in the order its own came, and nobody waits for what is free", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200, size: "max" }), (steps) => {
      const line = createSubmissionLine(() => 0);
      line.setShares({ submissionsPerSecond: Number.POSITIVE_INFINITY, generations: 2 });
      let generations = 2;
      const waiting: Waiting[] = [];
      const underWay: Ticket[] = [];

      /** What the line let through must be the first of its group, and no group goes twice before another that waits. */
      function admitted(one: Waiting): void {
        expect(waiting.find(({ group }) => group === one.group)).toBe(one);
        waiting.splice(waiting.indexOf(one), 1);
        underWay.push(one.ticket);
        for (const other of waiting) {
          if (other.group === one.group) {
            other.passedBy.clear();
          } else {
            expect(other.passedBy).not.toContain(one.group);
            other.passedBy.add(one.group);
          }
        }
      }

      for (const one of steps) {
        if (one.do === "join") {
          const { group } = one;
          const called = () => admitted(joined);
          const ticket = line.join(called, group);
          const joined: Waiting = { group, ticket, passedBy: new Set() };
          if (ticket.admitted) underWay.push(ticket);
          else waiting.push(joined);
        } else if (one.do === "end") {
          const [ended] = underWay.splice(one.which % Math.max(1, underWay.length), 1);
          ended?.answered("taken");
          ended?.leave();
        } else if (one.do === "give up") {
          const [gone] = waiting.splice(one.which % Math.max(1, waiting.length), 1);
          gone?.ticket.leave();
        } else {
          generations = one.generations;
          line.setShares({ submissionsPerSecond: Number.POSITIVE_INFINITY, generations });
          continue;
        }
        expect(line.demand()).toEqual({ generations: underWay.length, waiting: waiting.length });
        if (waiting.length > 0) expect(underWay.length).toBeGreaterThanOrEqual(generations);
      }
      line.close();
    }),
    { numRuns: 200, seed: 12 },
  );
});
