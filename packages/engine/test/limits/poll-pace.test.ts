import { expect, test } from "vitest";
import { createPollPace } from "../../src/poll-pace.ts";

function pace() {
  let time = 0;
  const polls = createPollPace(() => time);
  return {
    polls,
    pass(ms: number) {
      time += ms;
    },
  };
}

test("without a limit nobody waits", () => {
  const { polls } = pace();
  expect([polls.reserveMs(), polls.reserveMs()]).toEqual([0, 0]);
});

test("with one, each poll has a moment of its own", () => {
  const { polls, pass } = pace();
  polls.setShare(4);
  expect([polls.reserveMs(), polls.reserveMs(), polls.reserveMs()]).toEqual([0, 250, 500]);
  pass(5_000);
  expect(polls.reserveMs()).toBe(0);
  polls.setShare(0);
  expect(polls.reserveMs()).toBeNull();
});

test("a 429 stops all for as long as it asked, and afterwards they come back one by one", () => {
  const { polls, pass } = pace();
  polls.refused(3_000);
  polls.refused(60_000);
  expect(polls.pausedForMs()).toBe(3_000);
  expect(polls.reserveMs()).toBeNull();
  pass(2_500);
  expect([polls.reserveMs(), polls.reserveMs()]).toEqual([500, 550]);
  pass(7_500);
  polls.answered();
  polls.refused(0);
  expect(polls.pausedForMs()).toBe(1_000);
  pass(1_000);
  polls.refused(0);
  expect(polls.pausedForMs()).toBe(2_000);
});

test("a pause that another node was told of holds here too", () => {
  const { polls } = pace();
  polls.pauseFor(700);
  expect(polls.reserveMs()).toBe(700);
});

test("but it is not passed on as this node's own", () => {
  const { polls } = pace();
  polls.pauseFor(700);
  expect(polls.pausedForMs()).toBe(0);
  polls.pauseFor(0);
  expect(polls.reserveMs()).toBe(700);
});

test("no moment is given away more than a second ahead, so that a share that grows or shrinks holds soon", () => {
  const { polls, pass } = pace();
  polls.setShare(4);
  expect(Array.from({ length: 7 }, () => polls.reserveMs())).toEqual([0, 250, 500, 750, 1_000, null, null]);
  polls.setShare(0.1);
  pass(10_000);
  expect(polls.reserveMs()).toBe(1_000);
  pass(1_000);
  expect(polls.reserveMs()).toBeNull();
  polls.setShare(10);
  expect([polls.reserveMs(), polls.reserveMs()]).toEqual([100, 200]);
});

test("a share that is next to nothing makes nobody wait for ever", () => {
  const { polls, pass } = pace();
  polls.setShare(1.1e-16);
  expect([polls.reserveMs(), polls.reserveMs()]).toEqual([0, null]);
  pass(1_000);
  polls.setShare(2);
  expect([polls.reserveMs(), polls.reserveMs()]).toEqual([0, 500]);
});
