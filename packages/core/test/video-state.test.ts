import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { FINAL_STATUSES, isFinal, VIDEO_STATUSES } from "../src/video.ts";
import { acceptedState, transition } from "../src/video-state.ts";
import { ANSWER_TABLE, type Outcome, TRANSITION_TABLE } from "./transition-table.ts";
import { ANSWERS, type AnswerName, ERROR, EVENTS, generation, NEW_VIDEO, NOW, THEN, VIDEOS } from "./video-fixtures.ts";

const events = Object.values(EVENTS);
const answerNames = Object.keys(ANSWERS) as AnswerName[];
const after = (outcome: Outcome) => (outcome === "answer" ? "GENERATING" : outcome);

test("a video begins accepted, at version 1, with nothing sent", () => {
  expect(acceptedState(THEN)).toEqual(NEW_VIDEO);
});

describe.each(VIDEO_STATUSES)("in %s", (status) => {
  const video = VIDEOS[status];

  test.each(events)("$type", (event) => {
    // The events with an answer say `generating`, which is nothing new to GENERATING.
    const outcome = TRANSITION_TABLE[status][event.type];
    const expected = status === "GENERATING" && event.type === "polled" ? "same" : after(outcome);
    const next = transition(video, event, NOW);
    if (expected === "same") {
      expect(next, "T3").toBe(video);
      return;
    }
    expect(next.status).toBe(expected);
    expect(next, "T2").toMatchObject({ version: video.version + 1, updatedAt: NOW });
    expect(next.finishedAt, "T4").toEqual(isFinal(expected) ? NOW : null);
    expect(next.attempt - video.attempt, "T5").toBe(event.type === "submit_started" ? 1 : 0);
    expect(next.sourceUrl !== null, "T8").toBe(expected === "COMPLETED");
    expect(next.error !== null, "T8").toBe(expected === "FAILED");
  });

  test("T3: the video given is left as it is", () => {
    const frozen = Object.freeze({ ...video });
    for (const event of events) transition(frozen, event, NOW);
    expect(frozen).toEqual(video);
  });
});

describe.each(Object.entries(ANSWER_TABLE))("as the answer says, in %s", (status, { event: type, becomes }) => {
  const video = VIDEOS[status as keyof typeof ANSWER_TABLE];
  test.each(answerNames)("%s (T6, T7)", (answer) => {
    const next = transition(video, { type, generation: generation(answer) }, NOW);
    if (becomes[answer] === "same") expect(next).toBe(video);
    else expect(next).toMatchObject({ status: becomes[answer], generationId: "generation-1", lastCheckedAt: NOW });
  });
});

test.each(FINAL_STATUSES)("T1: nothing leads out of %s, whatever the answer", (status) => {
  for (const answer of answerNames) {
    for (const type of ["submit_accepted", "polled"] as const) {
      expect(transition(VIDEOS[status], { type, generation: generation(answer) }, NOW)).toBe(VIDEOS[status]);
    }
  }
});

describe("what is noted with a change", () => {
  test("T5: a submission's number and time, before it is sent (invariant 2)", () => {
    const next = transition(VIDEOS.ACCEPTED, { type: "submit_started" }, NOW);
    expect(next).toMatchObject({ attempt: 2, submittedAt: NOW, waitingReason: null });
  });

  test("why it waits", () => {
    expect(transition(VIDEOS.SUBMITTING, EVENTS.submit_postponed, NOW).waitingReason).toBe("RATE_LIMITED");
    const delayed = transition(VIDEOS.ACCEPTED, EVENTS.submit_delayed, NOW);
    expect(delayed).toMatchObject({ status: "ACCEPTED", waitingReason: "CAPACITY_LIMITED" });
    expect(transition(delayed, EVENTS.submit_delayed, NOW)).toBe(delayed);
    expect(transition(delayed, EVENTS.submit_started, NOW).waitingReason).toBeNull();
    expect(transition(VIDEOS.UNCONFIRMED, EVENTS.settled_not_accepted, NOW).waitingReason).toBe("UPSTREAM_ERROR");
    expect(transition(VIDEOS.ACCEPTED, EVENTS.canceled, NOW).waitingReason).toBeNull();
    expect(transition(VIDEOS.ACCEPTED, EVENTS.submit_abandoned, NOW).waitingReason).toBeNull();
  });

  test("T8: the error as it was given", () => {
    expect(transition(VIDEOS.SUBMITTING, EVENTS.submit_refused, NOW).error).toEqual(ERROR);
  });

  test("T8: the upstream's own error, not charged (assumption A5)", () => {
    const failed = transition(VIDEOS.QUEUED, { type: "polled", generation: generation("error") }, NOW);
    expect(failed.error).toEqual({
      code: "GENERATION_FAILED",
      message: "policy: No.",
      retryable: false,
      billed: false,
    });
    const silent = transition(VIDEOS.QUEUED, { type: "polled", generation: generation("errorWithoutReason") }, NOW);
    expect(silent.error?.message).not.toBe("");
  });

  test("the file's address and the charge, in the upstream's own dollars or from credits (assumption A6)", () => {
    const finish = (usage: { creditsUsed: number; usdSpent: number | null } | null) =>
      transition(VIDEOS.GENERATING, { type: "polled", generation: generation("completed", usage) }, NOW);
    expect(finish({ creditsUsed: 120_000, usdSpent: 0.07 })).toMatchObject({
      sourceUrl: "https://cdn.example.com/b.mp4",
      creditsUsed: 120_000,
      chargedUsd: 0.07,
    });
    expect(finish({ creditsUsed: 120_000, usdSpent: null })).toMatchObject({ creditsUsed: 120_000, chargedUsd: 0.06 });
    expect(finish(null)).toMatchObject({ creditsUsed: null, chargedUsd: null });
  });

  test("T9: when the upstream last said that it was not finished", () => {
    const before = { ...VIDEOS.GENERATING, lastCheckedAt: new Date("2026-11-22T09:00:20Z") };
    for (const answer of ["completed", "error"] as const) {
      const next = transition(before, { type: "polled", generation: generation(answer) }, NOW);
      expect(next).toMatchObject({ lastPendingAt: before.lastCheckedAt, lastCheckedAt: NOW });
    }
  });

  test("T9: it is not known of what ended at once, and of what only the request log has told", () => {
    const atOnce = transition(VIDEOS.SUBMITTING, { type: "submit_accepted", generation: generation("completed") }, NOW);
    expect(atOnce).toMatchObject({ status: "COMPLETED", lastPendingAt: null, lastCheckedAt: NOW });
    const settled = transition(VIDEOS.UNCONFIRMED, EVENTS.settled_accepted, NOW);
    expect(settled.lastCheckedAt).toBeNull();
    const ended = transition(settled, { type: "polled", generation: generation("completed") }, NOW);
    expect(ended).toMatchObject({ status: "COMPLETED", lastPendingAt: null, lastCheckedAt: NOW });
  });

  test("fields of more than a state are kept", () => {
    const video = { ...NEW_VIDEO, id: "video_1", prompt: "A paper boat" };
    expect(transition(video, EVENTS.canceled, NOW)).toMatchObject({ id: "video_1", prompt: "A paper boat" });
  });

  test("an accepted submission keeps when it was sent", () => {
    expect(transition(VIDEOS.SUBMITTING, EVENTS.submit_accepted, NOW).submittedAt).toEqual(THEN);
  });
});

test("VIDEO-STATE.md has the same table", () => {
  const page = readFileSync(new URL("../VIDEO-STATE.md", import.meta.url), "utf8");
  const columns = ["ACCEPTED", "SUBMITTING", "UNCONFIRMED", "QUEUED", "GENERATING"] as const;
  const cell = (outcome: Outcome) => ({ same: "–", answer: "as the answer says" })[outcome as string] ?? outcome;
  for (const { type } of events) {
    const cells = [...columns.map((status) => cell(TRANSITION_TABLE[status][type])), "–"];
    expect(page).toContain(`| \`${type}\` | ${cells.join(" | ")} |`);
  }
});
