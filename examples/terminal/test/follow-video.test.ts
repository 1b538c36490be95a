import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { followVideo, type Shown, VideoNotMade } from "../src/follow-video.ts";

const at = (status: Shown["status"], fraction: number, changes: Partial<Shown> = {}): Shown => ({
  status,
  waitingReason: null,
  progress: { fraction, estimatedCompletionAt: null },
  error: null,
  ...changes,
});

async function* told(...videos: Shown[]) {
  yield* videos;
}

/** Follows these, and returns what was shown. */
async function shown(isTTY: boolean, ...videos: Shown[]): Promise<string> {
  const output = Object.assign(new PassThrough(), { isTTY });
  await followVideo(told(...videos), output).finally(() => output.end());
  return text(output);
}

test("on a terminal, a bar that fills", async () => {
  const output = await shown(true, at("QUEUED", 0.1), at("GENERATING", 0.5), at("COMPLETED", 1));
  // Drawn ten times a second at most, and once at the end.
  expect(output).toContain("100% COMPLETED");
});

test("elsewhere, a line for each status", async () => {
  const waiting = at("ACCEPTED", 0, { waitingReason: "RATE_LIMITED" });
  const output = await shown(
    false,
    at("ACCEPTED", 0),
    waiting,
    at("GENERATING", 0.2),
    at("GENERATING", 0.4),
    at("COMPLETED", 1),
  );
  expect(output).toBe("ACCEPTED\nACCEPTED (RATE_LIMITED)\nGENERATING\nCOMPLETED\n");
});

test("a video that was canceled", async () => {
  await expect(shown(false, at("CANCELED", 0))).rejects.toThrow(new VideoNotMade("The video was canceled."));
});
