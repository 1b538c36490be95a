import type { Generation, VideoError } from "@reelwire/core";
import { UpstreamError } from "@reelwire/core/upstream";
import type { Carriage } from "./carry-context.ts";
import { createBackoff } from "./timing.ts";

/** Videos taken over from another process are first looked at within this time, not all in the same instant. */
const FIRST_LOOK_SPREAD_MS = 1_000;

/**
 * Looks at a `QUEUED` or `GENERATING` video, as the schedule says, until it is final: the one poll loop there is for
 * it (invariant 6). An unchanged answer is published and not stored.
 *
 * @param takenOver whether somebody else submitted it, so that a look is due at once
 */
export async function pollVideo(carriage: Carriage, takenOver: boolean): Promise<void> {
  const { context } = carriage;
  const { timing, random } = context;
  const backoff = createBackoff(1_000, 60_000, random);
  const submittedAt = (carriage.video.submittedAt ?? carriage.video.createdAt).getTime();
  const deadline = submittedAt + timing.generationTimeoutMs;
  let oddSince = null as { what: keyof typeof oddAnswers; at: number } | null;
  let waitMs = takenOver ? random() * FIRST_LOOK_SPREAD_MS : nextLook(carriage, submittedAt);

  while (carriage.video.status === "QUEUED" || carriage.video.status === "GENERATING") {
    const seen = carriage.video.version;
    await carriage.sleep(waitMs);
    if (carriage.video.version !== seen) continue;
    const look = await lookOnce(carriage);
    if (look.changed || carriage.video.version !== seen) {
      await carriage.step("poll_saved");
    } else if (look.odd === null) {
      oddSince = null;
      if (look.answered) carriage.publishCheck(new Date());
    } else {
      if (oddSince?.what !== look.odd) oddSince = { what: look.odd, at: Date.now() };
      if (Date.now() - oddSince.at >= timing.oddAnswerGraceMs) {
        await carriage.save({ type: "generation_abandoned", error: oddAnswers[look.odd] });
        continue;
      }
    }
    if (Date.now() > deadline + (look.answered ? 0 : timing.unreachableGraceMs)) {
      await carriage.save({ type: "generation_abandoned", error: timedOut });
    }
    if (look.answered) backoff.reset();
    waitMs = Math.max(nextLook(carriage, submittedAt), look.answered ? 0 : backoff.nextMs(), look.retryAfterMs);
  }
}

interface Look {
  changed: boolean;
  /** Whether the upstream said anything about the generation. */
  answered: boolean;
  odd: keyof typeof oddAnswers | null;
  retryAfterMs: number;
}

async function lookOnce(carriage: Carriage): Promise<Look> {
  const { context, job, video } = carriage;
  let generation: Generation;
  try {
    generation = await context.upstream.status(video.generationId ?? "", { signal: job.signal });
    context.health.answered();
  } catch (error) {
    carriage.assertHeld();
    await carriage.reload();
    context.health.failed(error);
    context.log.warn({ videoId: video.id, err: error }, "poll failed");
    const notFound = error instanceof UpstreamError && error.code === "NOT_FOUND";
    const retryAfterMs = error instanceof UpstreamError ? (error.retryAfterMs ?? 0) : 0;
    return { changed: false, answered: notFound, odd: notFound ? "not_found" : null, retryAfterMs };
  }
  await carriage.step("polled");
  const changed = await carriage.save({ type: "polled", generation });
  const missing = generation.status === "completed" && generation.url === null;
  if (generation.status === "unknown") context.log.warn({ videoId: video.id }, "the upstream gave an unknown status");
  return { changed, answered: true, odd: !changed && missing ? "result_missing" : null, retryAfterMs: 0 };
}

function nextLook(carriage: Carriage, submittedAt: number): number {
  return carriage.context.schedule.nextLookMs(Date.now() - submittedAt, carriage.context.random());
}

const timedOut: VideoError = {
  code: "GENERATION_TIMEOUT",
  message: "The upstream had not finished the video at the deadline. It may still finish it, and charge for it.",
  retryable: true,
  billed: null,
};

const oddAnswers = {
  not_found: {
    code: "GENERATION_NOT_FOUND",
    message: "The upstream accepted the request and no longer knows it.",
    retryable: true,
    billed: null,
  },
  result_missing: {
    code: "RESULT_MISSING",
    message: "The upstream says the video is completed and gives no address for the file.",
    retryable: true,
    billed: true,
  },
} as const satisfies Record<string, VideoError>;
