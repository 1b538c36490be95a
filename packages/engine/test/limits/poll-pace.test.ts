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
  expect([polls.reserveMs(), polls.reserveMs()]).toEqual([3_000, 3_050]);
  pass(10_000);
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
