import { describe, expect, onTestFinished, test, vi } from "vitest";
import { claimJobs } from "../../src/claim-jobs.ts";
import type { EngineDatabase } from "../../src/database/database.ts";
import type { EngineSchema } from "../../src/database/schema.ts";
import { JobLost } from "../../src/job-lost.ts";
import { silentLogger } from "../../src/logger.ts";
import { type JoinOptions, joinNodes, type Membership } from "../../src/node-membership.ts";
import { type JobQueue, openQueue } from "../../src/queue.ts";
import { networkTo } from "../database/database-network.ts";
import { postgresUrl } from "../database/postgres-url.ts";
import { engineDatabase, engineDatabaseAt, storeVideo } from "../stored-video.ts";

const LEASE_MS = 500;
const lease = { leaseMs: LEASE_MS, heartbeatMs: 50, maxActive: 100 };
/** Of a node that is silent after it has joined, as one that was paused. */
const silent = { ...lease, heartbeatMs: 1_000_000_000 };

const patience = { timeout: 20_000, interval: 20 };
const soon = <Result>(condition: () => Result) => vi.waitFor(condition, patience);

async function join(db: EngineDatabase<EngineSchema>, queue: JobQueue, options: Partial<JoinOptions> = {}) {
  const node = await joinNodes({
    db,
    lease,
    carries: true,
    files: "files",
    upstream: "upstream",
    takeBackOrphans: ({ executor }) => queue.takeBackOrphans(executor),
    log: silentLogger,
    ...options,
  });
  onTestFinished(() => node.close());
  /** The videos whose jobs it gets. */
  const claim = async () => (await claimJobs({ db, queue }, node.current().nodeId, 100)).map(({ job }) => job.videoId);
  return { ...node, claim };
}

async function queueOn(db: EngineDatabase<EngineSchema>): Promise<JobQueue> {
  const queue = await openQueue(db, silentLogger);
  onTestFinished(() => queue.close());
  return queue;
}

async function setUp(db: EngineDatabase<EngineSchema>) {
  const queue = await queueOn(db);
  const send = (count: number) =>
    Promise.all(
      Array.from({ length: count }, () =>
        db.transaction(async ({ kysely, executor }) => {
          const { id } = await storeVideo(kysely);
          await queue.send(executor, id, 0, 0);
          return id;
        }),
      ),
    );
  const rows = () => db.kysely.selectFrom("nodes").select(["id", "lost"]).execute();
  return { db, queue, send, rows };
}

async function onServer() {
  const url = await postgresUrl();
  return { ...(await setUp(await engineDatabaseAt(url))), url };
}

describe("a node that is not heard of", () => {
  test("for the length of a lease is called lost, and its jobs are given to others, those of the living are not", async () => {
    const { db, queue, send, rows } = await onServer();
    let before: Membership | null = null;
    const heldWhenTaken: (boolean | undefined)[] = [];
    const takeBackOrphans: JoinOptions["takeBackOrphans"] = async ({ executor }) => {
      const taken = await queue.takeBackOrphans(executor);
      if (taken > 0) heldWhenTaken.push(before?.isHeld());
      return taken;
    };
    const living = await join(db, queue, { takeBackOrphans });
    const [kept] = await send(1);
    expect(await living.claim()).toEqual([kept]);
    const paused = await join(db, queue, { lease: silent });
    before = paused.current();
    const { nodeId } = before;
    const sent = await send(3);
    expect((await paused.claim()).toSorted()).toEqual(sent.toSorted());

    const other = await join(db, queue, { takeBackOrphans });
    const taken = new Set<string>();
    await soon(async () => {
      for (const id of await other.claim()) taken.add(id);
      expect([...taken].sort()).toEqual(sent.toSorted());
    });
    // By then the paused node knew by its own clock that it may no longer act.
    expect(heldWhenTaken).toEqual([false]);
    expect((await queue.heldBy(living.current().nodeId)).map((job) => job.videoId)).toEqual([kept]);
    // In the end nothing is left of it.
    await soon(async () => expect((await rows()).map((row) => row.id)).not.toContain(nodeId));
  });

  test("finds out as soon as it wakes, ends what it did under its id, and begins anew under another", async () => {
    const { db, queue, send, rows } = await onServer();
    const paused = await join(db, queue, { lease: silent });
    const before = paused.current();
    expect([before.isHeld(), before.lost.aborted]).toEqual([true, false]);
    const other = await join(db, queue);
    await soon(async () => expect(await rows()).toContainEqual({ id: before.nodeId, lost: true }));
    expect(before.lost.aborted).toBe(false);

    const [id] = await send(1);
    // Asking as what it was gets nothing, and has it ask whether it still is.
    await expect(claimJobs({ db, queue }, before.nodeId, 10)).rejects.toBeInstanceOf(JobLost);
    await soon(() => expect(paused.current().nodeId).not.toBe(before.nodeId));
    expect([before.isHeld(), before.lost.aborted]).toEqual([false, true]);
    expect(paused.current().isHeld()).toBe(true);
    expect(await paused.claim()).toEqual([id]);
    expect(other.current().lost.aborted).toBe(false);
  });

  test("because its network is away is overtaken, and back as somebody else when it returns", async () => {
    const { db, queue, send, url } = await onServer();
    const network = await networkTo(url);
    const cutOff = await join(await engineDatabaseAt(network.url), queue);
    const before = cutOff.current();
    const [id] = await send(1);
    expect(await cutOff.claim()).toEqual([id]);
    await network.goDown();
    const other = await join(db, queue);
    await soon(async () => expect(await other.claim()).toEqual([id]));
    expect([before.isHeld(), before.lost.aborted]).toEqual([false, false]);
    await network.comeUp();
    await soon(() => expect(before.lost.aborted).toBe(true));
    await soon(() => expect(cutOff.current().isHeld()).toBe(true));
    expect(cutOff.current().nodeId).not.toBe(before.nodeId);
    expect((await queue.heldBy(other.current().nodeId)).map((job) => job.videoId)).toEqual([id]);
  });
});

test("a database that was away for longer than the lease costs nobody anything, and a node lost later is found", async () => {
  const { db, queue, send, url } = await onServer();
  const network = await networkTo(url);
  const nodes = await Promise.all(
    Array.from({ length: 3 }, async () => join(await engineDatabaseAt(network.url), queue)),
  );
  const sent: string[] = [];
  for (const node of nodes) {
    sent.push(...(await send(2)));
    expect(await node.claim()).toHaveLength(2);
  }
  const before = nodes.map((node) => node.current());
  await network.goDown();
  await soon(() => expect(before.map((membership) => membership.isHeld())).toEqual([false, false, false]));
  await network.comeUp();
  await soon(() => expect(before.map((membership) => membership.isHeld())).toEqual([true, true, true]));

  // One that leaves without a word is called lost by the others, who by then have been well for a lease.
  const gone = await join(db, queue, { lease: silent });
  const [id] = await send(1);
  expect(await gone.claim()).toEqual([id]);
  await soon(async () => expect(await nodes[0]?.claim()).toEqual([id]));
  expect(nodes.map((node) => node.current().nodeId)).toEqual(before.map((membership) => membership.nodeId));
  for (const { nodeId, lost } of before) {
    expect(lost.aborted).toBe(false);
    const held = (await queue.heldBy(nodeId)).map((job) => job.videoId).filter((videoId) => videoId !== id);
    expect(held).toHaveLength(2);
    for (const videoId of held) expect(sent).toContain(videoId);
  }
});

describe("nodes that are set up differently", () => {
  test.each([
    { files: "other files", says: "REELWIRE_FILES_DIR" },
    { upstream: "other upstream", says: "AIMLAPI_BASE_URL" },
  ])("are refused with %j, and accepted once the other has left", async ({ says, ...different }) => {
    const { db, queue, rows } = await onServer();
    const first = await join(db, queue);
    await expect(join(db, queue, different)).rejects.toMatchObject({
      code: "NODES_DISAGREE",
      message: expect.stringContaining(says),
    });
    expect(await rows()).toHaveLength(1);
    await join(db, queue);
    await first.close();
    await expect(join(db, queue, different)).rejects.toMatchObject({ code: "NODES_DISAGREE" });
  });

  test("are accepted once the other was not heard of for the length of a lease", async () => {
    const { db, queue } = await onServer();
    const first = await join(db, queue, { lease: silent });
    const { nodeId } = first.current();
    const second = await soon(() => join(db, queue, { files: "other files" }));
    expect(second.current().isHeld()).toBe(true);
    expect(second.current().nodeId).not.toBe(nodeId);
  });
});

test("a node that leaves is lost at once, and its row, with what it had under way, goes some leases later", async () => {
  const { db, queue, rows } = await onServer();
  const [stays, leaves] = [await join(db, queue), await join(db, queue)];
  const left = leaves.current().nodeId;
  await leaves.close();
  expect(await rows()).toContainEqual({ id: left, lost: true });
  await soon(async () => expect(await rows()).toEqual([{ id: stays.current().nodeId, lost: false }]));
});

test("what nodes agree on in their heartbeats, they agree on one after another", async () => {
  const { db, queue } = await onServer();
  let inside = 0;
  let most = 0;
  const seen = new Set<string>();
  const onHeartbeat: JoinOptions["onHeartbeat"] = async ({ kysely }, nodeId) => {
    inside += 1;
    most = Math.max(most, inside);
    await kysely.selectFrom("nodes").selectAll().execute();
    seen.add(nodeId);
    inside -= 1;
  };
  const nodes = await Promise.all(Array.from({ length: 5 }, () => join(db, queue, { onHeartbeat })));
  await soon(() => expect([...seen].sort()).toEqual(nodes.map((node) => node.current().nodeId).sort()));
  expect(most).toBe(1);
});

test("the only node of an embedded database takes over from the one before at once, and no pause costs it anything", async () => {
  const { db, queue, send, rows } = await setUp(await engineDatabase());
  const crashed = await join(db, queue, { lease: silent });
  const sent = await send(2);
  expect(await crashed.claim()).toHaveLength(2);
  const next = await join(db, queue, { lease: { ...lease, leaseMs: 1, heartbeatMs: 20 } });
  const { nodeId } = next.current();
  expect((await next.claim()).toSorted()).toEqual(sent.toSorted());
  // Heartbeats come, each later than the lease is long.
  const firstSeen = await db.kysely.selectFrom("nodes").select("seen_at").executeTakeFirstOrThrow();
  await soon(async () => {
    const { seen_at } = await db.kysely.selectFrom("nodes").select("seen_at").executeTakeFirstOrThrow();
    expect(seen_at.getTime()).toBeGreaterThan(firstSeen.seen_at.getTime() + 100);
  });
  expect(await rows()).toEqual([{ id: nodeId, lost: false }]);
  expect(next.current().lost.aborted).toBe(false);
  expect(await queue.heldBy(nodeId)).toHaveLength(2);
});
