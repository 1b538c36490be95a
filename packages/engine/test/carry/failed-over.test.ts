import { startEmulator } from "@reelwire/emulator";
import { describe, expect, onTestFinished, test } from "vitest";
import type { CarryStep } from "../../src/carry-context.ts";
import { createLocalEventBus } from "../../src/event-bus.ts";
import { loadVideo, versionsAfter } from "../../src/store.ts";
import { videoUuid } from "../../src/video-row.ts";
import { DATABASE_KINDS } from "../database/temporary-database.ts";
import { engineDatabase, storeVideo } from "../stored-video.ts";
import { carry, carryContext } from "./direct-carry.ts";

async function setUp(kind: (typeof DATABASE_KINDS)[number]) {
  const emulator = await startEmulator({ clip: new Uint8Array(1), durationMs: 100, logDelayMs: 0 });
  onTestFinished(() => emulator.close());
  const db = await engineDatabase(kind);
  const { id } = await storeVideo(db.kysely);
  return { emulator, db, id, context: carryContext(db, emulator) };
}

describe.each(DATABASE_KINDS)("invariant 2: a database that has gone back to before what was saved: %s", (kind) => {
  const steps: CarryStep[] = ["submit_answered", "submit_outcome_saved", "polled"];
  test.each(steps)("at %s, does not have the video sent again", async (step) => {
    const { emulator, db, id, context } = await setUp(kind);
    let hasGoneBack = false;
    const onStep = async (at: CarryStep) => {
      if (at !== step || hasGoneBack) return;
      hasGoneBack = true;
      const [first] = await versionsAfter(db.kysely, id, 0);
      await db.kysely
        .updateTable("videos")
        .set({ status: "ACCEPTED", version: 1, attempt: 0, generation_id: null, submitted_at: null })
        .where("id", "=", videoUuid(id))
        .execute();
      await db.kysely
        .deleteFrom("video_events")
        .where("version", ">", first?.version ?? 1)
        .execute();
    };
    await carry({ ...context, onStep }, id, 1);
    expect(hasGoneBack).toBe(true);
    expect(emulator.requestCounts.create).toBe(1);
    expect(await loadVideo(db.kysely, id)).toMatchObject({ status: "COMPLETED", attempt: 1 });
    const versions = (await versionsAfter(db.kysely, id, 0)).map(({ version }) => version);
    expect(versions).toEqual([...new Set(versions)].sort((a, b) => a - b));
  });
});

test("invariant 8: word of missed notices has the video read again, and not polled", async () => {
  const { emulator, id, context } = await setUp("pglite");
  const bus = createLocalEventBus();
  const polledOnce = Promise.withResolvers<void>();
  let waits = 0;
  const scheduleOf = () => ({
    nextPollMs() {
      waits += 1;
      if (waits === 2) polledOnce.resolve();
      return waits === 1 ? 1 : 3_600_000;
    },
  });
  const leaving = new AbortController();
  emulator.clock.setSpeed(0);
  const carried = carry({ ...context, bus, scheduleOf }, id, 1, { signal: leaving.signal });
  await polledOnce.promise;
  const polls = emulator.requestCounts.status;
  for (let i = 0; i < 20; i += 1) {
    bus.miss();
    // On one connection, so that what the carriage reads is read before this.
    await loadVideo(context.db.kysely, id);
  }
  expect(emulator.requestCounts.status).toBe(polls);
  leaving.abort();
  await expect(carried).rejects.toThrow();
});
