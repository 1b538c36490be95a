import { isFinal, newVideoId } from "@reelwire/core";
import type { Emulator } from "@reelwire/emulator";
import * as fc from "fast-check";
import { sql } from "kysely";
import { expect, onTestFinished, test, vi } from "vitest";
import { BUILT_IN_VIEWER, type Engine, type StoredVideo } from "../src/index.ts";
import { silentLogger } from "../src/logger.ts";
import { packNotices } from "../src/notice-payload.ts";
import { openQueue } from "../src/queue.ts";
import { type DatabaseNetwork, networkTo } from "./database/database-network.ts";
import { postgresUrl } from "./database/postgres-url.ts";
import { assertLegalHistory } from "./legal-history.ts";
import { engineDatabaseAt } from "./stored-video.ts";
import { make, startTestEngine } from "./test-engine.ts";

/** What goes wrong upstream with a video, in its prompt. */
const faults = [
  "",
  "[fault:lost-after-accepting]",
  "[fault:lost-after-accepting] [fault:late-log-row:200]",
  "[fault:internal-error*1]",
  "[fault:rate-limited*2]",
  "[fault:malformed-json]",
  "[fault:generation-error]",
  "[fault:status/unavailable*3]",
  "[fault:status/not-found*2]",
];
const KEYS = 4;
/** Nodes that carry at a time, beside those that were replaced and come back at the end. */
const NODES = 2;

type Command =
  /** Somebody asks for a video; with a key that was used before, for the same again. */
  | { do: "create"; key: number }
  | { do: "cancel"; key: number }
  /** A node's connections are cut; or it is cut off until its network is mended. */
  | { do: "cut" | "cut off" | "mend"; node: number }
  /** It is cut off, and another takes its place; at the end it comes back, with all that it still wants to write. */
  | { do: "replace"; node: number }
  | { do: "restart"; node: number }
  /** The jobs of a node are delivered again, though it still has them. */
  | { do: "deliver again"; node: number }
  /** Notices come twice, late, of versions that never were, or cannot be read. */
  | { do: "babble" }
  /** Time passes. */
  | { do: "pass"; questions: number };

const key = fc.nat({ max: KEYS - 1 });
const node = fc.nat({ max: NODES - 1 });
const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant("create" as const), key }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("cancel" as const), key }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constantFrom("cut" as const, "cut off" as const, "mend" as const), node }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom("replace" as const, "restart" as const), node }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("deliver again" as const), node }) },
  { weight: 1, arbitrary: fc.constant({ do: "babble" } as const) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant("pass" as const), questions: fc.integer({ min: 1, max: 80 }) }) },
);

const patience = { timeout: 30_000, interval: 20 };

/** Several engines on one database, for one run. */
async function openNodes() {
  const databaseUrl = await postgresUrl();
  const lease = { leaseMs: 400, heartbeatMs: 50 };
  const timing = { generationTimeoutMs: 3_000, settleGraceMs: 0 };
  // This one accepts and watches, and nothing happens to its network.
  const t = await startTestEngine(
    { databaseUrl, lease, timing, carries: false },
    { durationMs: { min: 50, max: 400 } },
  );
  onTestFinished(() => t[Symbol.asyncDispose]());
  const db = await engineDatabaseAt(databaseUrl);
  const queue = await openQueue(db, silentLogger);
  onTestFinished(() => queue.close());
  const networks: DatabaseNetwork[] = [];
  const open = async (through?: DatabaseNetwork) => {
    const network = through ?? (await networkTo(databaseUrl));
    if (through === undefined) networks.push(network);
    return { network, engine: await t.open({ carries: true, databaseUrl: network.url }) };
  };
  const nodes = await Promise.all(Array.from({ length: NODES }, () => open()));
  return { t, db, queue, networks, nodes, open };
}

async function run(commands: readonly Command[], wrong: readonly string[]): Promise<void> {
  const { t, db, queue, networks, nodes, open } = await openNodes();
  const asked = new Map<number, string>();
  const watched = new Map<string, Promise<number[]>>();
  const ask = async (number: number) => {
    const prompt = `a boat ${wrong[number] ?? ""}`;
    const { id } = await make(t.engine, { prompt, idempotencyKey: `key ${number}` });
    expect(asked.get(number) ?? id).toBe(id);
    asked.set(number, id);
    if (!watched.has(id)) watched.set(id, versionsTold(t.engine, id));
  };

  for (const command of commands) {
    const chosen = "node" in command ? nodes[command.node] : undefined;
    if (command.do === "create") await ask(command.key);
    if (command.do === "cancel") {
      const id = asked.get(command.key);
      if (id !== undefined) await t.engine.cancelVideo(BUILT_IN_VIEWER, id).catch(() => {});
    }
    if (command.do === "cut") chosen?.network.cut();
    if (command.do === "cut off" || command.do === "replace") await chosen?.network.goDown();
    if (command.do === "mend") await chosen?.network.comeUp();
    if (command.do === "replace") nodes[command.node] = await open();
    if (command.do === "restart" && chosen !== undefined) {
      await chosen.network.comeUp();
      await chosen.engine.close();
      nodes[command.node] = await open(chosen.network);
    }
    if (command.do === "deliver again") await queue.handBack(await queue.heldBy(chosen?.engine.nodeId() ?? ""));
    if (command.do === "babble") {
      const notices = [...asked.values(), newVideoId()].flatMap((videoId) =>
        [1, 2, 99].map((version) => ({
          videoId,
          version,
          lastCheckedAt: null,
          owner: { project: "default", subject: "" },
        })),
      );
      for (const payload of ["nonsense", ...packNotices("nobody", notices), ...packNotices("nobody", notices)]) {
        await sql`SELECT pg_notify('reelwire_videos', ${payload})`.execute(db.kysely);
      }
    }
    if (command.do === "pass") {
      for (let question = 0; question < command.questions; question += 1) await sql`SELECT 1`.execute(db.kysely);
    }
  }
  await ask(0);
  for (const network of networks) await network.comeUp();
  const ids = [...new Set(asked.values())];
  for (const told of await Promise.all(watched.values())) expect(told).toEqual(told.map((_, index) => index + 1));
  await vi.waitFor(async () => {
    const { rows } = await sql`SELECT id FROM pgboss.job WHERE name = 'carry-video'`.execute(db.kysely);
    expect(rows).toEqual([]);
  }, patience);

  const listed = await t.engine.videos(BUILT_IN_VIEWER, {}, { limit: 100 });
  expect(listed.map((video) => video.id).sort()).toEqual(ids.toSorted());
  for (const video of listed) {
    assertPaidOnce(t.emulator, video);
    await assertLegalHistory(db.kysely, video.id);
  }
}

/** Invariant 2: at most one generation, and a video is completed only with its own. */
function assertPaidOnce(emulator: Emulator, { id, status, generationId }: StoredVideo): void {
  expect(isFinal(status)).toBe(true);
  const posts = emulator.requests.flatMap(({ endpoint, clientRequestId }) =>
    endpoint === "create" && clientRequestId?.startsWith(id) ? [clientRequestId] : [],
  );
  expect(new Set(posts).size).toBe(posts.length);
  const accepted = emulator.accepted.filter((generation) => generation.clientRequestId?.startsWith(id));
  expect(accepted.length).toBeLessThanOrEqual(1);
  if (status === "COMPLETED") expect(accepted[0]).toMatchObject({ id: generationId, status: "completed" });
}

/** Every version that a subscriber is told, from the first to the final one. */
async function versionsTold(engine: Engine, id: string): Promise<number[]> {
  const told: number[] = [];
  for await (const { version } of await engine.watchVideo(BUILT_IN_VIEWER, id, 0)) {
    if (version !== told.at(-1)) told.push(version);
  }
  return told;
}

test.each(
  fc.sample(
    fc.tuple(
      fc.array(command, { minLength: 12, maxLength: 30, size: "max" }),
      fc.array(fc.constantFrom(...faults), { minLength: KEYS, maxLength: KEYS }),
    ),
    { seed: 1, numRuns: 6 },
  ),
)("invariants 2, 4, 5, 7 and 8 hold whatever happens to nodes, networks, jobs and notices (%#)", run);
