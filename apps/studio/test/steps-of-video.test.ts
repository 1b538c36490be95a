import type { VideoStatus } from "@reelwire/react";
import { expect, test } from "vitest";
import { stepsOf } from "../src/create/steps-of-video.ts";

const CREATED = "2026-11-22T09:00:00.000Z";
const SUBMITTED = "2026-11-22T09:00:00.040Z";
const GENERATING = "2026-11-22T09:00:01.000Z";
const FINISHED = "2026-11-22T09:00:58.000Z";

const states = (status: VideoStatus, submittedAt: string | null, finishedAt: string | null = null) =>
  stepsOf({ status, createdAt: CREATED, submittedAt, finishedAt }, null).map(({ state }) => state);

test.each<[VideoStatus, string | null, string | null, string[]]>([
  ["ACCEPTED", null, null, ["done", "current", "ahead", "ahead"]],
  ["SUBMITTING", SUBMITTED, null, ["done", "current", "ahead", "ahead"]],
  ["UNCONFIRMED", SUBMITTED, null, ["done", "current", "ahead", "ahead"]],
  ["QUEUED", SUBMITTED, null, ["done", "done", "current", "ahead"]],
  ["GENERATING", SUBMITTED, null, ["done", "done", "current", "ahead"]],
  ["COMPLETED", SUBMITTED, FINISHED, ["done", "done", "done", "done"]],
  ["FAILED", SUBMITTED, FINISHED, ["done", "done", "ahead", "ahead"]],
  ["CANCELED", null, FINISHED, ["done", "ahead", "ahead", "ahead"]],
])("%s", (status, submittedAt, finishedAt, expected) => {
  expect(states(status, submittedAt, finishedAt)).toEqual(expected);
});

test("each step has the time it was reached, and the current one since when it is waited for", () => {
  const video = { status: "GENERATING", createdAt: CREATED, submittedAt: SUBMITTED, finishedAt: null } as const;
  expect(stepsOf(video, GENERATING).map(({ at, since }) => at ?? since)).toEqual([
    CREATED,
    SUBMITTED,
    GENERATING,
    null,
  ]);
  expect(stepsOf({ ...video, status: "QUEUED" }, null)[2]).toMatchObject({ name: "Queued", since: SUBMITTED });
  expect(stepsOf({ ...video, status: "COMPLETED", finishedAt: FINISHED }, GENERATING).map(({ at }) => at)).toEqual([
    CREATED,
    SUBMITTED,
    GENERATING,
    FINISHED,
  ]);
});
