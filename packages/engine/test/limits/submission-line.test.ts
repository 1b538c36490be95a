import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createSubmissionLine, type SubmissionLine, type Ticket } from "../../src/submission-line.ts";

let line: SubmissionLine;
let time = 0;
beforeEach(() => {
  vi.useFakeTimers();
  time = 0;
  line = createSubmissionLine(() => time);
});
afterEach(() => {
  line.close();
  vi.useRealTimers();
});

function pass(ms: number): void {
  for (let i = 0; i < ms; i += 10) {
    time += 10;
    vi.advanceTimersByTime(10);
  }
}

function join(count: number): Ticket[] {
  return Array.from({ length: count }, () => line.join(() => {}, "key"));
}

const admitted = (tickets: readonly Ticket[]) => tickets.filter((ticket) => ticket.admitted).length;

test("without limits everybody goes at once", () => {
  const tickets = join(100);
  expect(admitted(tickets)).toBe(100);
  expect(tickets[0]?.waitingReason).toBeNull();
  expect(line.demand()).toEqual({ generations: 100, waiting: 0 });
});

test("a rate lets one through after the other, in the order they came, and says why the rest wait", () => {
  line.setShares({ submissionsPerSecond: 10, generations: Number.POSITIVE_INFINITY });
  const order: number[] = [];
  const tickets = [0, 1, 2, 3].map((number) => line.join(() => order.push(number), "key"));
  expect(tickets.map((ticket) => ticket.waitingReason)).toEqual([null, ...Array(3).fill("CAPACITY_LIMITED")]);
  pass(100);
  expect(admitted(tickets)).toBe(2);
  pass(1_000);
  expect(admitted(tickets)).toBe(4);
  expect(order).toEqual([1, 2, 3]);
});

test("as many generations as there are places, and the next when one ends", () => {
  line.setShares({ submissionsPerSecond: Number.POSITIVE_INFINITY, generations: 3 });
  const carriedOver = line.underWay();
  const tickets = join(4);
  expect(admitted(tickets)).toBe(2);
  tickets[0]?.answered("taken");
  expect(admitted(tickets)).toBe(2);
  tickets[0]?.leave();
  tickets[0]?.leave();
  expect(admitted(tickets)).toBe(3);
  carriedOver.leave();
  expect(admitted(tickets)).toBe(4);
  expect(line.demand()).toEqual({ generations: 3, waiting: 0 });
});

test("whoever leaves while waiting holds up nobody", () => {
  line.setShares({ submissionsPerSecond: Number.POSITIVE_INFINITY, generations: 1 });
  const [first, second, third] = join(3);
  second?.leave();
  first?.leave();
  expect(third?.admitted).toBe(true);
  expect(second?.admitted).toBe(false);
});

test("a 429 stops the line for as long as was asked; then one goes, then two, then four", () => {
  const [refused] = join(1);
  refused?.answered("refused", 5_000);
  refused?.leave();
  const tickets = join(100);
  expect(tickets.map((ticket) => ticket.waitingReason)).toEqual(Array(100).fill("RATE_LIMITED"));
  pass(4_990);
  expect(admitted(tickets)).toBe(0);
  pass(20);
  expect(admitted(tickets)).toBe(1);
  const answerAll = () => {
    for (const ticket of tickets.filter((one) => one.admitted)) ticket.answered("taken");
  };
  answerAll();
  expect(admitted(tickets)).toBe(3);
  answerAll();
  expect(admitted(tickets)).toBe(11);
});

test("429 upon 429 makes longer pauses, and those that were on their way together count once", () => {
  const pauses: number[] = [];
  for (let round = 0; round < 8; round += 1) {
    const tickets = join(3);
    while (admitted(tickets) === 0) pass(100);
    for (const ticket of tickets) {
      ticket.answered("refused");
      ticket.leave();
    }
    pauses.push(Math.round(line.pausedForMs()));
  }
  expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
});

test("a pause that another node was told of holds here too", () => {
  line.pauseFor(2_000);
  const tickets = join(2);
  pass(1_900);
  expect(admitted(tickets)).toBe(0);
  pass(200);
  expect(admitted(tickets)).toBe(1);
});

const unlimited = Number.POSITIVE_INFINITY;

test("a pause that was only heard of is not passed on, and one of this node's own is", () => {
  line.pauseFor(5_000);
  expect(line.pausedForMs()).toBe(0);
  pass(5_000);
  const [refused] = join(1);
  refused?.answered("refused", 3_000);
  line.pauseFor(9_000);
  expect(line.pausedForMs()).toBe(3_000);
});

test("a share that is next to nothing holds up nobody once it has grown", () => {
  line.setShares({ submissionsPerSecond: 1.1e-16, generations: unlimited });
  const tickets = join(4);
  pass(2_000);
  expect(admitted(tickets)).toBe(1);
  line.setShares({ submissionsPerSecond: 5, generations: unlimited });
  expect(admitted(tickets)).toBe(2);
  pass(200);
  expect(admitted(tickets)).toBe(3);
  pass(200);
  expect(admitted(tickets)).toBe(4);
});

test("no timer is set for longer than timers can wait", () => {
  const setTimer = vi.spyOn(globalThis, "setTimeout");
  line.setShares({ submissionsPerSecond: 1e-9, generations: unlimited });
  join(2);
  line.pauseFor(1e12);
  expect(setTimer.mock.calls.length).toBeGreaterThan(0);
  for (const [, ms] of setTimer.mock.calls) expect(ms).toBeLessThan(2 ** 31);
  setTimer.mockRestore();
});

test("it is shut without a share of the submissions or of the generations, and not by a pause or by being full", () => {
  expect(line.isShut()).toBe(false);
  line.setShares({ submissionsPerSecond: 0, generations: 1 });
  expect(line.isShut()).toBe(true);
  line.setShares({ submissionsPerSecond: 1, generations: 0 });
  expect(line.isShut()).toBe(true);
  line.setShares({ submissionsPerSecond: 1, generations: 1 });
  join(2);
  line.pauseFor(1_000);
  expect(line.isShut()).toBe(false);
});
