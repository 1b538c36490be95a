import { clientRequestId, isFinal } from "@reelwire/core";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import type { CarryStep } from "../../src/carry-context.ts";
import { BUILT_IN_VIEWER, type Engine, type EngineOptions } from "../../src/index.ts";
import { videoUuid } from "../../src/video-row.ts";
import { networkTo } from "../database/database-network.ts";
import { postgresUrl } from "../database/postgres-url.ts";
import { engineDatabaseAt } from "../stored-video.ts";
import { finished, make, startTestEngine, type TestEngine, until } from "../test-engine.ts";
import { type ChildNode, startChildNode } from "./child-node.ts";

const lease = { leaseMs: 600, heartbeatMs: 60 };
/** Longer than any test: a generation ends when the test lets the emulator's time pass. */
const LONG_MS = 600_000;

const patience = { timeout: 30_000, interval: 20 };

/** One node that accepts and watches, on a database whose nodes are soon missed. */
async function setUp(options: Partial<EngineOptions> = {}) {
  const databaseUrl = await postgresUrl();
  const t = await startTestEngine({ databaseUrl, lease, carries: false, ...options }, { durationMs: LONG_MS });
  onTestFinished(() => t[Symbol.asyncDispose]());
  const { kysely } = await engineDatabaseAt(databaseUrl);
  const eventsOf = (videoId: string) =>
    kysely
      .selectFrom("video_events")
      .selectAll()
      .where("video_id", "=", videoUuid(videoId))
      .orderBy("version")
      .execute();
  /** Who carried the videos last. */
  const carriers = async () => {
    const rows = await kysely.selectFrom("videos").select("node_id").distinct().execute();
    return rows.map((row) => row.node_id);
  };
  return { t, databaseUrl, eventsOf, carriers };
}

/** Another node, in a process of its own, which carries. */
function childOf({ emulator, dataDir, databaseUrl }: TestEngine, waitAt?: CarryStep): Promise<ChildNode> {
  return startChildNode({
    dataDir,
    ...(databaseUrl === null ? {} : { databaseUrl }),
    upstream: { apiKey: emulator.apiKey, baseUrl: emulator.url, retries: 0 },
    lease,
    ...(waitAt === undefined ? {} : { waitAt }),
  });
}

/** Nothing was paid twice, nothing skipped (invariants 2 and 7). */
async function assertPaidOnce(
  t: TestEngine,
  ids: readonly string[],
  eventsOf: (id: string) => Promise<{ version: number }[]>,
) {
  await t.emulator.until(() => t.emulator.charges.length >= ids.length);
  expect(t.emulator.accepted.map((generation) => generation.clientRequestId).sort()).toEqual(
    ids.map((id) => clientRequestId(id, 1)).sort(),
  );
  expect(t.emulator.charges.map((charge) => charge.generationId).sort()).toEqual(
    t.emulator.accepted.map((generation) => generation.id).sort(),
  );
  for (const id of ids) {
    const versions = (await eventsOf(id)).map((event) => event.version);
    expect(versions).toEqual(versions.map((_, index) => index + 1));
  }
}

/** Lets every generation end, and waits until all videos have. */
async function finishAll(t: TestEngine, ids: readonly string[]): Promise<void> {
  for (const id of ids) await until(t.engine, id, (video) => video.generationId !== null || isFinal(video.status));
  t.emulator.clock.advance(LONG_MS);
  for (const id of ids) expect(await finished(t.engine, id)).toMatchObject({ status: "COMPLETED", attempt: 1 });
}

describe("a node that dies", () => {
  test("with kill -9 is replaced by the others, who end all of its videos", async () => {
    const { t, eventsOf, carriers } = await setUp();
    const child = await childOf(t);
    const ids = (await Promise.all(Array.from({ length: 12 }, () => make(t.engine)))).map((video) => video.id);
    for (const id of ids) await until(t.engine, id, (video) => video.status === "QUEUED");
    const others = [await t.open({ carries: true }), await t.open({ carries: true })];
    expect(await carriers()).toEqual([await child.nodeId()]);
    await child.kill();
    await finishAll(t, ids);
    await assertPaidOnce(t, ids, eventsOf);
    for (const nodeId of await carriers()) expect(others.map((engine) => engine.nodeId())).toContain(nodeId);
  });

  test("in the middle of all its POSTs leaves nothing that is sent again", async () => {
    const { t, eventsOf } = await setUp();
    const child = await childOf(t);
    const held = t.emulator.faults.next({ on: "create", fault: "held-after-accepting", times: 6 });
    const ids = (await Promise.all(Array.from({ length: 6 }, () => make(t.engine)))).map((video) => video.id);
    await t.emulator.until(() => held.hits === 6);
    await child.kill();
    await t.open({ carries: true });
    await finishAll(t, ids);
    await assertPaidOnce(t, ids, eventsOf);
  });
});

describe("invariant 5: a node that was paused for longer than its lease, and goes on, writes nothing about what it lost", () => {
  /** Pauses the child, lets another node end the video, has the child go on, and compares. */
  async function overtake(
    { t, eventsOf }: Awaited<ReturnType<typeof setUp>>,
    child: ChildNode,
    id: string,
    goOn: () => void,
    options: Partial<EngineOptions> = {},
  ): Promise<Engine> {
    const before = await child.nodeId();
    const claimed = (await t.engine.video(BUILT_IN_VIEWER, id))?.fence;
    child.pause();
    const other = await t.open({ carries: true, ...options });
    const read = () => t.engine.video(BUILT_IN_VIEWER, id);
    await vi.waitFor(async () => expect((await read())?.fence).toBeGreaterThan(claimed ?? 0), patience);
    await until(t.engine, id, (video) => video.generationId !== null || isFinal(video.status));
    t.emulator.clock.advance(LONG_MS);
    const { status } = await finished(t.engine, id);
    await vi.waitFor(async () => expect((await read())?.archivedAt !== null).toBe(status === "COMPLETED"), patience);
    const [video, events] = [await read(), await eventsOf(id)];
    goOn();
    child.resume();
    // It has found out, and begun anew.
    await vi.waitFor(async () => expect(await child.nodeId()).not.toBe(before), patience);
    expect(await read()).toEqual(video);
    expect(await eventsOf(id)).toEqual(events);
    return other;
  }

  test("in the middle of a POST, whose answer it gets", async () => {
    const s = await setUp();
    const child = await childOf(s.t);
    const held = s.t.emulator.faults.next({ on: "create", fault: "held-after-accepting" });
    const { id } = await make(s.t.engine);
    await held.hit;
    await overtake(s, child, id, held.release);
    await child.step("submit_answered");
    const after = await s.eventsOf(id);
    expect(await child.close()).toBe(0);
    expect(await s.eventsOf(id)).toEqual(after);
    expect(await s.t.engine.video(BUILT_IN_VIEWER, id)).toMatchObject({ status: "COMPLETED", attempt: 1 });
    await assertPaidOnce(s.t, [id], s.eventsOf);
  });

  test("in the middle of a poll, after which it carries other videos again", async () => {
    const s = await setUp();
    const child = await childOf(s.t);
    const { id } = await make(s.t.engine);
    const { generationId } = await until(s.t.engine, id, (video) => video.status === "QUEUED");
    const held = s.t.emulator.faults.next({ on: "status", fault: "held", generationId: generationId ?? "" });
    await held.hit;
    const other = await overtake(s, child, id, held.release);
    const after = await s.eventsOf(id);
    await other.close();
    const next = await make(s.t.engine);
    await finishAll(s.t, [next.id]);
    expect(await child.close()).toBe(0);
    expect(await s.eventsOf(id)).toEqual(after);
    await assertPaidOnce(s.t, [id, next.id], s.eventsOf);
  });

  test("between saving that it will send and sending: it does not send", async () => {
    const s = await setUp();
    const child = await childOf(s.t, "submit_started_saved");
    const { id } = await make(s.t.engine);
    await child.step("submit_started_saved");
    // The row says that it may have been sent, and the log will never say that it was.
    const timing = { generationTimeoutMs: 300, settleGraceMs: 0 };
    await overtake(s, child, id, () => child.tell("go on"), { timing });
    expect(await child.close()).toBe(0);
    expect(await s.t.engine.video(BUILT_IN_VIEWER, id)).toMatchObject({
      status: "FAILED",
      error: { code: "SUBMISSION_UNCONFIRMED" },
    });
    expect(s.t.emulator.requestCounts.create).toBe(0);
  });
});

test("invariant 5: a node that is cut off from the database in the middle of a POST writes nothing when it is back", async () => {
  const { t, databaseUrl, eventsOf } = await setUp();
  const network = await networkTo(databaseUrl);
  const cutOff = await t.open({ carries: true, databaseUrl: network.url });
  const before = cutOff.nodeId();
  const held = t.emulator.faults.next({ on: "create", fault: "held-after-accepting" });
  const { id } = await make(t.engine);
  await held.hit;
  await network.goDown();
  await t.open({ carries: true });
  await finishAll(t, [id]);
  const events = await eventsOf(id);
  // It has its answer, and nowhere to save it.
  held.release();
  await network.comeUp();
  await vi.waitFor(() => expect(cutOff.nodeId()).not.toBe(before), patience);
  await cutOff.close();
  expect(await eventsOf(id)).toEqual(events);
  await assertPaidOnce(t, [id], eventsOf);
});
