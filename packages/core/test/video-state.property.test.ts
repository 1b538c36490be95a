import fc from "fast-check";
import { expect, test } from "vitest";
import { isFinal, VIDEO_STATUSES, type VideoState } from "../src/video.ts";
import { transition, type VideoEvent } from "../src/video-state.ts";
import { ANSWERS, type AnswerName, EVENTS, generation, NEW_VIDEO, THEN } from "./video-fixtures.ts";

const answers = fc.constantFrom(...(Object.keys(ANSWERS) as AnswerName[])).map((answer) => generation(answer));

/** Seldom canceled, or few histories would get far. */
const anyEvent: fc.Arbitrary<VideoEvent> = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...Object.values(EVENTS).filter(({ type }) => type !== "canceled")) },
  { weight: 5, arbitrary: fc.constant(EVENTS.submit_started) },
  { weight: 5, arbitrary: answers.map((generation) => ({ type: "submit_accepted", generation }) as const) },
  { weight: 5, arbitrary: answers.map((generation) => ({ type: "polled", generation }) as const) },
  { weight: 1, arbitrary: fc.constant(EVENTS.canceled) },
);

const histories = fc.array(anyEvent, { maxLength: 60 });

/** Every step of a history, a second apart. */
function* steps(
  events: readonly VideoEvent[],
): Generator<{ before: VideoState; event: VideoEvent; after: VideoState }> {
  let video = NEW_VIDEO;
  for (const [index, event] of events.entries()) {
    const after = transition(video, event, new Date(THEN.getTime() + (index + 1) * 1_000));
    yield { before: video, event, after };
    video = after;
  }
}

const eachStep = (check: (step: { before: VideoState; event: VideoEvent; after: VideoState }) => void) =>
  fc.assert(
    fc.property(histories, (events) => {
      for (const step of steps(events)) check(step);
    }),
    { numRuns: 500 },
  );

test("T1: a final video stays as it is", () => {
  eachStep(({ before, after }) => {
    if (isFinal(before.status)) expect(after).toBe(before);
  });
});

test("T2, T3: the version rises by exactly one, or it is the same object", () => {
  eachStep(({ before, after }) => {
    if (after === before) return;
    expect(after.version).toBe(before.version + 1);
    expect(after.updatedAt.getTime()).toBeGreaterThan(before.updatedAt.getTime());
  });
});

test("T3: what changed nothing changes nothing again, and what is repeated never changes it twice", () => {
  eachStep(({ event, after }) => {
    if (event.type === "canceled" || event.type === "polled") {
      expect(transition(after, event, new Date(0))).toBe(after);
    }
  });
});

test("T4: finishedAt is set exactly in a final status", () => {
  eachStep(({ after }) => {
    expect(after.finishedAt !== null).toBe(isFinal(after.status));
    if (isFinal(after.status)) expect(after.finishedAt).toEqual(after.updatedAt);
  });
});

test("T5, invariant 2: attempts are the submissions begun, each after the one before was known not to be accepted", () => {
  fc.assert(
    fc.property(histories, (events) => {
      let begun = 0;
      let open = false;
      for (const { before, event, after } of steps(events)) {
        if (after === before) continue;
        if (event.type === "submit_started") {
          expect(open).toBe(false);
          open = true;
          begun++;
        }
        if (event.type === "submit_postponed" || event.type === "settled_not_accepted") open = false;
        expect(after.attempt).toBe(begun);
      }
    }),
    { numRuns: 500 },
  );
});

test("T7: an accepted video never waits, submits or queues again", () => {
  const order = ["QUEUED", "GENERATING", "COMPLETED"];
  eachStep(({ before, after }) => {
    const from = order.indexOf(before.status);
    if (from === -1 || after.status === "FAILED" || after.status === "CANCELED") return;
    expect(order.indexOf(after.status)).toBeGreaterThanOrEqual(from);
  });
});

test("T8: a file exactly when completed, an error exactly when failed, a reason to wait only while accepted", () => {
  eachStep(({ after }) => {
    expect(after.sourceUrl !== null).toBe(after.status === "COMPLETED");
    expect(after.error !== null).toBe(after.status === "FAILED");
    if (after.status !== "ACCEPTED") expect(after.waitingReason).toBeNull();
  });
});

test("T9: the last sign that it was not finished is the check before the poll that saw the end", () => {
  eachStep(({ before, event, after }) => {
    if (after === before) return;
    const seenByPoll = event.type === "polled" && isFinal(after.status);
    expect(after.lastPendingAt).toEqual(seenByPoll ? before.lastCheckedAt : null);
    if (after.lastPendingAt !== null) expect(after.lastPendingAt.getTime()).toBeLessThan(after.updatedAt.getTime());
  });
});

test("the histories tried reach every status", () => {
  const reached = new Set<string>();
  for (const events of fc.sample(histories, { numRuns: 500, seed: 1 }))
    for (const { after } of steps(events)) reached.add(after.status);
  expect([...reached].sort()).toEqual([...VIDEO_STATUSES].sort());
});
