import { startEmulator } from "@reelwire/emulator";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { CarryContext, CarryStep } from "../../src/carry-context.ts";
import { JobLost } from "../../src/job-lost.ts";
import { loadVideo, versionsAfter } from "../../src/store.ts";
import { DATABASE_KINDS } from "../database/temporary-database.ts";
import { type SharedDatabase, sharedDatabase, storeVideo } from "../stored-video.ts";
import { carry, carryContext } from "./direct-carry.ts";

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

describe.each(DATABASE_KINDS)("invariant 5: a node that lost its job writes nothing more: %s", (kind) => {
  let shared: SharedDatabase;
  beforeAll(async () => {
    shared = await sharedDatabase(kind);
  });
  afterAll(() => shared.close());

  async function setUp() {
    const emulator = await startEmulator({ clip: new Uint8Array(1), durationMs: 100, logDelayMs: 0 });
    onTestFinished(() => emulator.close());
    const context = carryContext(shared.db, emulator);
    const { id } = await storeVideo(shared.db.kysely);
    /** All that is known of the video. */
    const stored = async () => [await loadVideo(shared.db.kysely, id), await versionsAfter(shared.db.kysely, id, 0)];
    return { emulator, context, id, stored };
  }

  const steps: CarryStep[] = [
    "claimed",
    "submit_started_saved",
    "submit_answered",
    "submit_outcome_saved",
    "polled",
    "poll_saved",
  ];
  test.each(steps)("stopped at %s, overtaken, and continued", async (step) => {
    const { emulator, context, id, stored } = await setUp();
    const sleeper = stoppedAt(context, step);
    const lost = new AbortController();
    const first = carry(sleeper.context, id, 1, { signal: lost.signal });
    await sleeper.reached;
    await carry(context, id, 2);
    const after = await stored();
    const requests = emulator.requests.length;
    lost.abort();
    sleeper.release();
    await expect(first).rejects.toBeInstanceOf(JobLost);
    expect(await stored()).toEqual(after);
    expect(emulator.requests).toHaveLength(requests);
    const isSent = step !== "submit_started_saved";
    expect(await loadVideo(shared.db.kysely, id)).toMatchObject({ status: isSent ? "COMPLETED" : "FAILED", fence: 2 });
    expect(emulator.accepted).toHaveLength(isSent ? 1 : 0);
  });

  test.each(["create", "status"] as const)("woken by the answer to a %s, after it was overtaken", async (on) => {
    const { emulator, context, id, stored } = await setUp();
    const held =
      on === "create"
        ? emulator.faults.next({ on, fault: "held-after-accepting" })
        : emulator.faults.next({ on, fault: "held" });
    const lost = new AbortController();
    const first = carry(context, id, 1, { signal: lost.signal });
    await held.hit;
    await carry(context, id, 2);
    const after = await stored();
    lost.abort();
    held.release();
    await expect(first).rejects.toBeInstanceOf(JobLost);
    expect(await stored()).toEqual(after);
    expect(await loadVideo(shared.db.kysely, id)).toMatchObject({ status: "COMPLETED", attempt: 1, fence: 2 });
    expect(emulator.accepted).toHaveLength(1);
    expect(emulator.requestCounts.create).toBe(1);
  });

  test.each(steps.slice(1))("stopped at %s, and believing that it still has the job", async (step) => {
    const { emulator, context, id, stored } = await setUp();
    const sleeper = stoppedAt(context, step);
    const first = carry(sleeper.context, id, 1);
    await sleeper.reached;
    await carry(context, id, 2);
    const after = await stored();
    sleeper.release();
    await first.catch((error: unknown) => expect(error).toBeInstanceOf(JobLost));
    expect(await stored()).toEqual(after);
    expect(emulator.accepted.length).toBeLessThanOrEqual(1);
  });

  test("an older claim that comes late gets nothing at all", async () => {
    const { emulator, context, id } = await setUp();
    await carry(context, id, 2);
    const requests = emulator.requests.length;
    await expect(carry(context, id, 1)).rejects.toBeInstanceOf(JobLost);
    expect(emulator.requests).toHaveLength(requests);
  });
});
