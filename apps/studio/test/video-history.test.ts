import { expect, it } from "vitest";
import { withVersion } from "../src/video-page/video-history.ts";
import { someVideo } from "./some-video.ts";

it("has each version once, with how long the one before it lasted", () => {
  const accepted = someVideo();
  const waiting = someVideo({ version: 2, waitingReason: "RATE_LIMITED", updatedAt: "2026-11-22T09:00:01.500Z" });
  const sent = someVideo({ version: 3, status: "SUBMITTING", updatedAt: "2026-11-22T09:00:04.000Z" });
  const polledAgain = { ...sent, lastCheckedAt: "2026-11-22T09:00:05.000Z" };
  const history = [accepted, waiting, sent, polledAgain, waiting].reduce(withVersion, []);
  expect(history).toEqual([
    { version: 1, status: "ACCEPTED", waitingReason: null, at: accepted.updatedAt, sincePreviousMs: null },
    { version: 2, status: "ACCEPTED", waitingReason: "RATE_LIMITED", at: waiting.updatedAt, sincePreviousMs: 1500 },
    { version: 3, status: "SUBMITTING", waitingReason: null, at: sent.updatedAt, sincePreviousMs: 2500 },
  ]);
});

it("is the same where nothing was added", () => {
  const history = withVersion([], someVideo());
  expect(withVersion(history, someVideo())).toBe(history);
});
