import { randomUUID } from "node:crypto";
import { createUpstreamClient } from "@reelwire/core/upstream";
import type { Emulator } from "@reelwire/emulator";
import pLimit from "p-limit";
import type { CarryContext, CarryJob } from "../../src/carry-context.ts";
import { carryVideo } from "../../src/carry-video.ts";
import type { EngineDatabase } from "../../src/database/database.ts";
import type { EngineSchema } from "../../src/database/schema.ts";
import { createLocalEventBus } from "../../src/event-bus.ts";
import { createSubmissionFinder } from "../../src/find-submissions.ts";
import { silentLogger } from "../../src/logger.ts";
import { defaultTiming } from "../../src/timing.ts";
import { createUpstreamGate } from "../../src/upstream-gate.ts";
import { createUpstreamHealth } from "../../src/upstream-health.ts";
import { NO_LIMITS } from "../../src/upstream-limits.ts";
import { quickSchedule, quickTiming } from "../quick-timing.ts";

/** All claims are of one node, so that the fence alone tells them apart. */
const NODE = randomUUID();
const never = new AbortController().signal;
const noArchive = { archive: async () => {}, archiveOrRetryLater: async () => {}, archiveAgain: async () => {} };

/** What carrying needs, without an engine: the test makes the claims. Files are not copied. */
export function carryContext(db: EngineDatabase<EngineSchema>, emulator: Emulator): CarryContext {
  const upstream = createUpstreamClient({ apiKey: emulator.apiKey, baseUrl: emulator.url, retries: 0 });
  return {
    db,
    upstream,
    bus: createLocalEventBus(),
    gate: createUpstreamGate(NO_LIMITS, true),
    scheduleOf: () => quickSchedule,
    // A deadline soon enough that a POST which never happens is given up within the test.
    timing: { ...defaultTiming, ...quickTiming, generationTimeoutMs: 1_500, settleGraceMs: 0 },
    submissions: createSubmissionFinder(upstream, never, 0),
    uploads: { areIn: () => false, asData: async (request) => request },
    heavy: pLimit(1),
    health: createUpstreamHealth(),
    log: silentLogger,
    // Nothing is spread out.
    random: () => 0,
    tell: async () => {},
    onStep: () => {},
  };
}

/** Carries a video for one claim of it, as the loop would. */
export function carry(
  context: CarryContext,
  videoId: string,
  fence: number,
  claim: Partial<Pick<CarryJob, "signal" | "isHeld">> = {},
): Promise<void> {
  const job: CarryJob = {
    videoId,
    claim: { fence, nodeId: NODE },
    signal: never,
    hardStop: never,
    isHeld: () => true,
    onFinal: () => {},
    ...claim,
  };
  return carryVideo(context, noArchive, job);
}
