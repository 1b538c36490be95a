import { randomUUID } from "node:crypto";
import { sql } from "kysely";
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { claimJobs } from "../src/claim-jobs.ts";
import type { EngineDatabase } from "../src/database/database.ts";
import type { EngineSchema } from "../src/database/schema.ts";
import { JobLost } from "../src/job-lost.ts";
import { silentLogger } from "../src/logger.ts";
import { type ClaimedJob, type JobQueue, openQueue, PAST_TURN } from "../src/queue.ts";
import { claimVideos, insertVideo } from "../src/store.ts";
import { type StoredVideo, videoUuid } from "../src/video-row.ts";
import { DATABASE_KINDS } from "./database/temporary-database.ts";
import {
  acceptedVideo,
  apply,
  happyEvents,
  type SharedDatabase,
  sharedDatabase,
  storeNode,
  storeVideo,
  submitStarted,
} from "./stored-video.ts";

describe.each(DATABASE_KINDS)("the queue: %s", (kind) => {
  let shared: SharedDatabase;
  let queue: JobQueue;
  beforeAll(async () => {
    shared = await sharedDatabase(kind);
    queue = await openQueue(shared.db, silentLogger);
  });
  afterAll(async () => {
    await queue.close();
    await shared.close();
  });

  /** A video and its job, as `createVideo` saves them. */
  const send = (fence = 0): Promise<string> => sendAt(0, fence).then(({ id }) => id);
  const sendAt = (turn: number, fence = 0): Promise<StoredVideo> =>
    shared.db.transaction(async ({ kysely, executor }) => {
      const video = acceptedVideo();
      await insertVideo(kysely, video, null, turn);
      await queue.send(executor, video.id, fence, turn);
      return video;
    });
  const fetch = (limit: number, { db, from }: { db: EngineDatabase<EngineSchema>; from: JobQueue }) =>
    db.transaction(({ executor }) => from.fetch(limit, executor, null));
  const fetchHere = (limit = 100) => fetch(limit, { db: shared.db, from: queue });
  const ids = (jobs: readonly ClaimedJob[]) => jobs.map((job) => job.videoId).sort();
  async function claimOne(): Promise<ClaimedJob> {
    const [job] = await fetchHere(1);
    if (job === undefined) throw new Error("no job");
    return job;
  }
  async function stateOf(videoId: string): Promise<string | null> {
    const { rows } = await sql<{ state: string }>`
      SELECT state FROM pgboss.job WHERE name = 'carry-video' AND id = ${videoUuid(videoId)}`.execute(shared.db.kysely);
    return rows[0]?.state ?? null;
  }
  afterEach(async () => {
    await sql`DELETE FROM pgboss.job WHERE name = 'carry-video'`.execute(shared.db.kysely);
    await shared.db.kysely.deleteFrom("videos").execute();
  });

  test("a job sent in a transaction that is rolled back is not there; in one that commits it is, once", async () => {
    const undone = shared.db.transaction(async ({ kysely, executor }) => {
      await queue.send(executor, (await storeVideo(kysely)).id, 0, 0);
      throw new Error("undo");
    });
    await expect(undone).rejects.toThrow("undo");
    expect(await fetchHere()).toEqual([]);
    const id = await send();
    const jobs = await fetchHere();
    expect(jobs).toEqual([{ videoId: id, retryCount: 0, fence: 1 }]);
    expect(await fetchHere()).toEqual([]);
  });

  test("a claim in a transaction that is rolled back is none", async () => {
    const id = await send();
    const undone = shared.db.transaction(async ({ executor }) => {
      expect(ids(await queue.fetch(10, executor, null))).toEqual([id]);
      throw new Error("undo");
    });
    await expect(undone).rejects.toThrow("undo");
    expect(await claimOne()).toEqual({ videoId: id, retryCount: 0, fence: 1 });
  });

  test("each job goes to one of many who fetch at once", async () => {
    const others = await Promise.all(
      Array.from({ length: 3 }, async () => {
        const db = await shared.open();
        const from = db === shared.db ? queue : await openQueue(db, silentLogger);
        if (from !== queue) onTestFinished(() => from.close());
        return { db, from };
      }),
    );
    const sent = await Promise.all(Array.from({ length: 60 }, () => send()));
    const fetched: ClaimedJob[] = [];
    const fetchAll = async (node: (typeof others)[number]) => {
      for (let jobs = await fetch(7, node); jobs.length > 0; jobs = await fetch(7, node)) fetched.push(...jobs);
    };
    await Promise.all([...others, ...others].map(fetchAll));
    expect(ids(fetched)).toEqual(sent.toSorted());
  });

  test("invariant 5: each claim of a job has a greater fence, beginning above the row's", async () => {
    const id = await send(5);
    const fences: number[] = [];
    for (let claim = 0; claim < 3; claim += 1) {
      const job = await claimOne();
      expect(job).toMatchObject({ videoId: id, retryCount: claim });
      fences.push(job.fence);
      await queue.handBack([job]);
    }
    expect(fences).toEqual([6, 7, 8]);
  });

  test("invariant 5: an older claim can neither complete the job nor hand it back", async () => {
    const id = await send();
    const older = await claimOne();
    await queue.handBack([older]);
    const newer = await claimOne();
    await queue.complete(older);
    expect(await stateOf(id)).toBe("active");
    await queue.handBack([older]);
    expect(await stateOf(id)).toBe("active");
    expect(await fetchHere()).toEqual([]);
    await queue.complete(newer);
    expect(await stateOf(id)).toBeNull();
  });

  test("what was handed back, or is not claimed, cannot be completed by who had it", async () => {
    const id = await send();
    const job = await claimOne();
    await queue.handBack([job]);
    await queue.handBack([]);
    await queue.handBack([job]);
    expect(await claimOne()).toMatchObject({ videoId: id, retryCount: 1 });
  });

  test("the jobs of nodes that are lost or gone are given to others, and nobody else's", async () => {
    const { kysely } = shared.db;
    const [lives, lost, gone] = [await storeNode(kysely), await storeNode(kysely, { lost: true }), randomUUID()];
    const owners = new Map<string, string | null>();
    for (const nodeId of [lives, lives, lost, lost, gone, null]) owners.set(await send(), nodeId);
    for (const job of await fetchHere()) {
      const nodeId = owners.get(job.videoId) ?? null;
      if (nodeId !== null) await claimVideos(kysely, [job], nodeId);
    }
    // Not claimed, though the node that carried it before is gone.
    const waiting = await send();
    await kysely.updateTable("videos").set({ node_id: gone }).where("id", "=", videoUuid(waiting)).execute();

    const orphans = [...owners].filter(([, nodeId]) => nodeId !== lives).map(([id]) => id);
    const takeBack = () => shared.db.transaction(({ executor }) => queue.takeBackOrphans(executor));
    expect(await takeBack()).toBe(orphans.length);
    expect(await takeBack()).toBe(0);
    const again = await fetchHere();
    expect(ids(again)).toEqual([...orphans, waiting].toSorted());
    for (const job of again) expect(job.fence).toBe(job.videoId === waiting ? 1 : 2);
    expect(ids(await queue.heldBy(lives))).toEqual(
      [...owners].flatMap(([id, nodeId]) => (nodeId === lives ? [id] : [])).sort(),
    );
  });

  test("a node claims jobs and their videos together, and a node that others have given up gets nothing", async () => {
    const { kysely } = shared.db;
    const [lives, lost] = [await storeNode(kysely), await storeNode(kysely, { lost: true })];
    const id = await send();
    const context = { db: shared.db, queue };
    for (const nodeId of [lost, randomUUID()]) {
      await expect(claimJobs(context, nodeId, 10)).rejects.toBeInstanceOf(JobLost);
    }
    const [claimed] = await claimJobs(context, lives, 10);
    expect(claimed).toMatchObject({ job: { videoId: id, fence: 1 }, video: { id, fence: 1, version: 1 } });
    expect(await queue.heldBy(lives)).toEqual([claimed?.job]);
    expect(await queue.heldBy(lost)).toEqual([]);
    for (const job of await queue.heldBy(lives)) await queue.complete(job);
    expect(await queue.heldBy(lives)).toEqual([]);
  });

  test("an unfinished video without a job gets one, and nothing else does", async () => {
    const { kysely } = shared.db;
    const sent = [await send(), await send(), await send()];
    const [active, handedBack] = await fetchHere(2);
    if (active === undefined || handedBack === undefined) throw new Error("no jobs");
    await queue.handBack([handedBack]);
    let finished = await storeVideo(kysely);
    for (const event of happyEvents) finished = await apply(kysely, finished, event);
    expect(await queue.restore()).toBe(0);

    const without = await storeVideo(kysely);
    await claimVideos(kysely, [{ videoId: without.id, fence: 7 }], randomUUID());
    await Promise.all([queue.restore(), queue.restore()]);
    expect(await queue.restore()).toBe(0);
    const jobs = await fetchHere();
    expect(ids(jobs)).toEqual([...sent.filter((id) => id !== active.videoId), without.id].toSorted());
    expect(jobs.find((job) => job.videoId === without.id)).toMatchObject({ retryCount: 0, fence: 8 });
  });

  test("jobs are taken by turn; what was sent before, and was handed back or lost its node, goes before all that wait", async () => {
    const { kysely } = shared.db;
    const [sent, orphaned, waits] = [await sendAt(7), await sendAt(8), await sendAt(9)];
    await fetchHere();
    for (const video of [sent, orphaned]) await apply(kysely, video, submitStarted);
    const job = (video: StoredVideo) => ({ videoId: video.id, retryCount: 0, fence: 1 });
    await queue.handBack([job(sent), job(waits)]);
    expect(await shared.db.transaction(({ executor }) => queue.takeBackOrphans(executor))).toBe(1);
    const newcomer = await sendAt(0);
    const taken = async (limit: number, lastTurn: number | null) =>
      ids(await shared.db.transaction(({ executor }) => queue.fetch(limit, executor, lastTurn)));
    expect(await taken(10, PAST_TURN)).toEqual([sent.id, orphaned.id].sort());
    expect(await taken(1, null)).toEqual([newcomer.id]);
    expect(await taken(10, 8)).toEqual([]);
    expect(await taken(10, 9)).toEqual([waits.id]);
  });

  test("a job that is restored has the turn of its video, or is past it", async () => {
    const { kysely } = shared.db;
    const sent = await sendAt(5);
    await apply(kysely, sent, submitStarted);
    const waits = await sendAt(3);
    await sql`DELETE FROM pgboss.job WHERE name = 'carry-video'`.execute(kysely);
    expect(await queue.restore()).toBe(2);
    const { rows } = await sql<{ id: string; priority: number }>`
      SELECT id, priority FROM pgboss.job WHERE name = 'carry-video' ORDER BY priority`.execute(kysely);
    expect(rows).toEqual([
      { id: videoUuid(waits.id), priority: -3 },
      { id: videoUuid(sent.id), priority: -PAST_TURN },
    ]);
  });

  test("a copy that failed is tried again later, until it works", async () => {
    const { id } = await storeVideo(shared.db.kysely);
    const tried: string[] = [];
    const jobs = async () => {
      const { rows } = await sql<{ state: string; retryCount: number; waits: number }>`
        SELECT state, retry_count AS "retryCount", extract(epoch FROM start_after - now())::float8 AS waits
        FROM pgboss.job WHERE name = 'archive-video'`.execute(shared.db.kysely);
      return rows;
    };
    const hurry = () =>
      sql`UPDATE pgboss.job SET start_after = now() WHERE name = 'archive-video'`.execute(shared.db.kysely);
    await queue.sendArchive(id);
    expect(await jobs()).toMatchObject([{ state: "created", retryCount: 0 }]);
    await hurry();
    await queue.workArchive(async (videoId) => {
      tried.push(videoId);
      if (tried.length < 2) throw new Error("not yet");
    });
    const patience = { timeout: 20_000, interval: 50 };
    const [job] = await vi.waitFor(async () => {
      const found = await jobs();
      expect(found).toMatchObject([{ state: "retry", retryCount: 0 }]);
      return found;
    }, patience);
    expect(job?.waits).toBeGreaterThan(5);
    await hurry();
    await vi.waitFor(async () => expect(await jobs()).toMatchObject([{ state: "completed" }]), patience);
    expect(tried).toEqual([id, id]);
  });

  test("whoever waits for jobs is woken, also by what came just before, and by the end", async () => {
    const closing = new AbortController();
    queue.wake();
    await queue.idle(1_000_000, closing.signal);
    const idle = queue.idle(1_000_000, closing.signal);
    queue.wake();
    await idle;
    const last = queue.idle(1_000_000, closing.signal);
    closing.abort();
    await last;
    expect(await queue.idle(1_000_000, closing.signal)).toBeUndefined();
  });
});
