import { type Generation, VIDEO_ERROR_CODES, type VideoError } from "@reelwire/core";
import { UpstreamError } from "@reelwire/core/upstream";
import type { Carriage } from "./carriage.ts";
import { reasonOf } from "./log-reason.ts";
import { createBackoff } from "./timing.ts";

/** Videos taken over from another process are first polled within this time, not all in the same instant. */
const FIRST_POLL_SPREAD_MS = 1_000;
/** When a node that has no share of the polls, or no free moment within a second, asks for one again. */
const NO_SHARE_WAIT_MS = 1_000;

/**
 * Polls a `QUEUED` or `GENERATING` video, as the schedule says, until it is final: the one poll loop there is for
 * it (invariant 6). An unchanged answer is published and not stored.
 *
 * @param atOnce whether a poll is due now, since nobody knows when the last one was
 */
export async function pollVideo(carriage: Carriage, atOnce: boolean): Promise<void> {
  const { context } = carriage;
  const { timing, random } = context;
  const backoff = createBackoff(1_000, 60_000, random);
  const submittedAt = (carriage.video.submittedAt ?? carriage.video.createdAt).getTime();
  const deadline = submittedAt + timing.generationTimeoutMs;
  // Assigned in the loop, which TypeScript takes for never without a type.
  let oddSince = null as { what: keyof typeof oddAnswers; at: number } | null;
  let waitMs = atOnce ? random() * FIRST_POLL_SPREAD_MS : nextPoll(carriage, submittedAt);

  while (carriage.video.status === "QUEUED" || carriage.video.status === "GENERATING") {
    const seen = carriage.video.version;
    await carriage.sleep(waitMs);
    if (carriage.video.version !== seen) continue;
    const turnMs = context.gate.polls.reserveMs();
    if (turnMs === null || turnMs > 0) {
      await carriage.sleep(turnMs ?? NO_SHARE_WAIT_MS);
      waitMs = 0;
      if (turnMs === null || carriage.video.version !== seen) continue;
    }
    const poll = await pollOnce(carriage);
    if (poll.odd === null) oddSince = null;
    else if (oddSince?.what !== poll.odd) oddSince = { what: poll.odd, at: Date.now() };
    const isLasting = oddSince !== null && Date.now() - oddSince.at >= timing.oddAnswerGraceMs;
    const error = poll.odd === null ? null : oddAnswers[poll.odd];
    if (poll.changed || carriage.video.version !== seen) {
      await carriage.step("poll_saved");
    } else if (error === null) {
      if (poll.answered) carriage.publishPoll(new Date());
    } else if (isLasting) {
      await carriage.save({ type: "generation_abandoned", error });
      continue;
    }
    // An odd answer may pass, and the next one say that the video was finished long ago.
    const isCredible = poll.odd === null || isLasting;
    if (isCredible && Date.now() > deadline + (poll.answered ? 0 : timing.unreachableGraceMs)) {
      await carriage.save({ type: "generation_abandoned", error: timedOut });
    }
    if (poll.answered) backoff.reset();
    waitMs = Math.max(nextPoll(carriage, submittedAt), poll.answered ? 0 : backoff.nextMs(), poll.retryAfterMs);
  }
}

interface Poll {
  changed: boolean;
  /** Whether the upstream said anything about the generation. */
  answered: boolean;
  /** What it said instead of how far the generation is. */
  odd: keyof typeof oddAnswers | null;
  retryAfterMs: number;
}

async function pollOnce(carriage: Carriage): Promise<Poll> {
  const { context, job, video } = carriage;
  let generation: Generation;
  try {
    generation = await context.upstream.status(video.generationId ?? "", { signal: job.signal });
    context.health.answered();
    context.gate.polls.answered();
  } catch (error) {
    carriage.assertNotLost();
    context.health.failed(error);
    context.log.warn({ videoId: video.id, ...reasonOf(error) }, "poll failed");
    const notFound = error instanceof UpstreamError && error.code === "NOT_FOUND";
    const retryAfterMs = error instanceof UpstreamError ? (error.retryAfterMs ?? 0) : 0;
    if (error instanceof UpstreamError && error.code === "RATE_LIMITED") context.gate.polls.refused(retryAfterMs);
    return { changed: false, answered: notFound, odd: notFound ? "not_found" : null, retryAfterMs };
  }
  await carriage.step("polled");
  const changed = await carriage.save({ type: "polled", generation });
  if (generation.status === "unknown") context.log.warn({ videoId: video.id }, "the upstream gave an unknown status");
  return { changed, answered: true, odd: changed ? null : oddityOf(generation), retryAfterMs: 0 };
}

function oddityOf({ status, url }: Generation): Poll["odd"] {
  if (status === "unknown") return "unknown_status";
  return status === "completed" && url === null ? "result_missing" : null;
}

function nextPoll(carriage: Carriage, submittedAt: number): number {
  // Not below zero, where the clock was set back.
  const { scheduleOf, random } = carriage.context;
  return scheduleOf(carriage.video.request).nextPollMs(Math.max(0, Date.now() - submittedAt), random());
}

const timedOut: VideoError = {
  code: "GENERATION_TIMEOUT",
  message: VIDEO_ERROR_CODES.GENERATION_TIMEOUT,
  retryable: true,
  billed: null,
};

/** What a video fails with when nothing else is answered for a while. */
const oddAnswers = {
  not_found: {
    code: "GENERATION_NOT_FOUND",
    message: VIDEO_ERROR_CODES.GENERATION_NOT_FOUND,
    retryable: true,
    billed: null,
  },
  result_missing: {
    code: "RESULT_MISSING",
    message: VIDEO_ERROR_CODES.RESULT_MISSING,
    retryable: true,
    billed: true,
  },
  /** It is there: it has until its deadline. */
  unknown_status: null,
} as const satisfies Record<string, VideoError | null>;
