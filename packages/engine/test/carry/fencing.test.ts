import { createUpstreamClient } from "@reelwire/core/upstream";
import { type Emulator, startEmulator } from "@reelwire/emulator";
import pLimit from "p-limit";
import { describe, expect, onTestFinished, test } from "vitest";
import type { CarryContext, CarryJob, CarryStep } from "../../src/carry-context.ts";
import { carryVideo } from "../../src/carry-video.ts";
import { createLocalEventBus } from "../../src/event-bus.ts";
import { createSubmissionFinder } from "../../src/find-submissions.ts";
import { JobLost } from "../../src/job-lost.ts";
import { silentLogger } from "../../src/logger.ts";
import { loadVideo, versionsAfter } from "../../src/store.ts";
import { defaultTiming } from "../../src/timing.ts";
import { createUpstreamGate } from "../../src/upstream-gate.ts";
import { createUpstreamHealth } from "../../src/upstream-health.ts";
import { NO_LIMITS } from "../../src/upstream-limits.ts";
import { quickSchedule, quickTiming } from "../quick-timing.ts";
import { engineDatabase, storeVideo } from "../stored-video.ts";

const noArchive = { archive: async () => {}, archiveOrRetryLater: async () => {}, archiveAgain: async () => {} };
const job = (videoId: string, fence: number, isHeld = () => true): CarryJob => {
  const never = new AbortController().signal;
  return { videoId, fence, signal: never, hardStop: never, isHeld };
};

async function setUp(): Promise<{ emulator: Emulator; context: CarryContext }> {
  const emulator = await startEmulator({ clip: new Uint8Array(1), durationMs: 100, logDelayMs: 0 });
  onTestFinished(() => emulator.close());
  const upstream = createUpstreamClient({ apiKey: emulator.apiKey, baseUrl: emulator.url });
  const context: CarryContext = {
    db: await engineDatabase(),
    upstream,
    bus: createLocalEventBus(),
    gate: createUpstreamGate(NO_LIMITS, true),
    schedule: quickSchedule,
    // A deadline soon enough that a POST which never happens is given up within the test.
    timing: { ...defaultTiming, ...quickTiming, generationTimeoutMs: 1_500, settleGraceMs: 0 },
    submissions: createSubmissionFinder(upstream, new AbortController().signal, 0),
    heavy: pLimit(1),
    health: createUpstreamHealth(),
    log: silentLogger,
    random: Math.random,
    onStep: () => {},
  };
  return { emulator, context };
}

/** Stops a claim at a step, as a SIGSTOP would, until it is released. */
function stoppedAt(context: CarryContext, step: CarryStep) {
  const reached = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  const onStep = (at: CarryStep) => {
    if (at !== step) return undefined;
    reached.resolve();
    return released.promise;
  };
  return { context: { ...context, onStep }, reached: reached.promise, release: released.resolve };
}

describe("invariant 5: a node that lost its job writes nothing more", () => {
  const steps: CarryStep[] = [
    "claimed",
    "submit_started_saved",
    "submit_answered",
    "submit_outcome_saved",
    "polled",
    "poll_saved",
  ];
  test.each(steps)("stopped at %s, overtaken, and continued", async (step) => {
    const { emulator, context } = await setUp();
    const { id } = await storeVideo(context.db.kysely);
    const sleeper = stoppedAt(context, step);
    let held = true;
    const first = carryVideo(
      sleeper.context,
      noArchive,
      job(id, 1, () => held),
    );
    await sleeper.reached;
    await carryVideo(context, noArchive, job(id, 2));
    const after = await loadVideo(context.db.kysely, id);
    const versions = await versionsAfter(context.db.kysely, id, 0);
    const requests = emulator.requests.length;
    held = false;
    sleeper.release();
    await expect(first).rejects.toBeInstanceOf(JobLost);
    expect(await loadVideo(context.db.kysely, id)).toEqual(after);
    expect(await versionsAfter(context.db.kysely, id, 0)).toEqual(versions);
    expect(emulator.requests).toHaveLength(requests);
    expect(after?.status).toBe(step === "submit_started_saved" ? "FAILED" : "COMPLETED");
    expect(emulator.accepted).toHaveLength(step === "submit_started_saved" ? 0 : 1);
  });

  test("even one that believes it still has the job cannot write over the newer claim", async () => {
    const { emulator, context } = await setUp();
    const { id } = await storeVideo(context.db.kysely);
    const sleeper = stoppedAt(context, "polled");
    const first = carryVideo(sleeper.context, noArchive, job(id, 1));
    await sleeper.reached;
    await carryVideo(context, noArchive, job(id, 2));
    const after = await loadVideo(context.db.kysely, id);
    sleeper.release();
    await first.catch((error: unknown) => expect(error).toBeInstanceOf(JobLost));
    expect(await loadVideo(context.db.kysely, id)).toEqual(after);
    expect(emulator.accepted).toHaveLength(1);
  });

  test("an older claim that comes late gets nothing at all", async () => {
    const { emulator, context } = await setUp();
    const { id } = await storeVideo(context.db.kysely);
    await carryVideo(context, noArchive, job(id, 2));
    await expect(carryVideo(context, noArchive, job(id, 1))).rejects.toBeInstanceOf(JobLost);
    expect(emulator.accepted).toHaveLength(1);
  });
});
