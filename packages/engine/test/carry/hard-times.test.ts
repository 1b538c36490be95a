import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createPollSchedule, priorGenerationTime } from "@reelwire/core";
import { afterEach, describe, expect, test, vi } from "vitest";
import { BUILT_IN_VIEWER, startEngine } from "../../src/index.ts";
import { finished, history, make, startTestEngine, until } from "../test-engine.ts";

afterEach(() => vi.restoreAllMocks());

test("an upstream's text that PostgreSQL cannot store does not keep a video from ending", async () => {
  await using t = await startTestEngine();
  t.emulator.faults.next({ on: "generation", fault: "generation-error", value: "odd:half \ud83d and \u0000 nothing" });
  const { id } = await make(t.engine);
  const { status, error } = await finished(t.engine, id);
  expect({ status, error }).toMatchObject({ status: "FAILED", error: { code: "GENERATION_FAILED" } });
  expect(error?.message).toMatch(/^odd: half . and {2}nothing$/u);
});

test("looking for a key that cannot be stored finds nothing", async () => {
  await using t = await startTestEngine();
  await make(t.engine, { externalId: "x" });
  expect(await t.engine.videos(BUILT_IN_VIEWER, { externalId: "x\0" }, { limit: 10 })).toEqual([]);
});

test("a lease that lapses between saving a submission and sending it takes it back, since nothing was sent", async () => {
  const now = Date.now;
  let asleep = 0;
  vi.spyOn(Date, "now").mockImplementation(() => now() + asleep);
  await using t = await startTestEngine({
    onStep(step) {
      // The machine sleeps here for 90 s, once, and the lease is 60 s.
      if (step === "submit_started_saved") asleep = 90_000;
    },
  });
  const { id } = await make(t.engine);
  expect(await history(t.engine, id)).toEqual([
    ...["ACCEPTED", "SUBMITTING", "ACCEPTED"],
    ...["SUBMITTING", "QUEUED", "GENERATING", "COMPLETED"],
  ]);
  expect(t.emulator.requestCounts.create).toBe(1);
});

test("a pause longer than the lease costs a video nothing where nobody else can have taken it", async () => {
  await using t = await startTestEngine();
  const { id } = await make(t.engine, { prompt: "a boat [fault:stuck]" });
  await until(t.engine, id, (video) => video.status === "GENERATING");
  const now = Date.now;
  // The machine slept for 90 s, and the lease is 60 s.
  vi.spyOn(Date, "now").mockImplementation(() => now() + 90_000);
  const before = t.emulator.requestCounts.status;
  await t.emulator.until(() => t.emulator.requestCounts.status > before + 5);
  expect(await t.engine.video(BUILT_IN_VIEWER, id)).toMatchObject({ status: "GENERATING", attempt: 1, fence: 1 });
});

test("a clock that is set back by an hour does not stop the polls", async () => {
  const schedule = createPollSchedule(priorGenerationTime(9_000));
  await using t = await startTestEngine({ schedule });
  const { id } = await make(t.engine, { prompt: "a boat [fault:stuck]" });
  await until(t.engine, id, (video) => video.status === "QUEUED");
  const now = Date.now;
  vi.spyOn(Date, "now").mockImplementation(() => now() - 3_600_000);
  const before = t.emulator.requestCounts.status;
  await t.emulator.until(() => t.emulator.requestCounts.status > before + 1);
});

describe("readiness", () => {
  test("out of credits is not forgotten because a poll is answered, and is when a submission is accepted", async () => {
    await using t = await startTestEngine();
    const running = await make(t.engine, { prompt: "a boat [fault:stuck]" });
    await until(t.engine, running.id, (video) => video.status === "GENERATING");
    await finished(t.engine, (await make(t.engine, { prompt: "a boat [fault:out-of-credits]" })).id);
    const before = t.emulator.requestCounts.status;
    await t.emulator.until(() => t.emulator.requestCounts.status > before + 2);
    expect((await t.engine.health()).upstream).toMatchObject({ usable: false, code: "FORBIDDEN" });
    await finished(t.engine, (await make(t.engine)).id);
    expect((await t.engine.health()).upstream).toMatchObject({ usable: true });
  });
});

test("a start that fails half way lets go of everything", async () => {
  await using t = await startTestEngine();
  await t.engine.close();
  const files = join(t.dataDir, "files");
  await rm(files, { recursive: true });
  await writeFile(files, "in the way");
  const options = { dataDir: t.dataDir, upstream: { apiKey: t.emulator.apiKey, baseUrl: t.emulator.url } };
  await expect(startEngine(options)).rejects.toMatchObject({ name: "ArchiveError" });
  await rm(files);
  await t.reopen();
  expect(await finished(t.engine, (await make(t.engine)).id)).toMatchObject({ status: "COMPLETED" });
});
