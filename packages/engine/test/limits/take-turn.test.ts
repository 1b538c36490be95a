import type { KyselyPlugin } from "kysely";
import { RawNode, sql } from "kysely";
import type { Db } from "pg-boss";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { silentLogger } from "../../src/logger.ts";
import { type JobQueue, openQueue } from "../../src/queue.ts";
import { insertVideo } from "../../src/store.ts";
import { lowestTurn, takeTurn } from "../../src/take-turn.ts";
import { type StoredVideo, videoUuid } from "../../src/video-row.ts";
import type { Viewer } from "../../src/viewer.ts";
import { DATABASE_KINDS } from "../database/temporary-database.ts";
import { acceptedVideo, apply, type SharedDatabase, sharedDatabase, submitStarted } from "../stored-video.ts";

const withKey = (keyId: string | null, project = "default"): Viewer => ({ project, subject: null, keyId });
const [a, b, c] = [withKey("a"), withKey("b"), withKey("c")];

describe.each(DATABASE_KINDS)("turns: %s", (kind) => {
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
  afterEach(async () => {
    await sql`DELETE FROM pgboss.job WHERE name = 'carry-video'`.execute(shared.db.kysely);
    await shared.db.kysely.deleteFrom("videos").execute();
  });

  const make = (viewer: Viewer) =>
    shared.db.transaction(async ({ kysely, executor }) => {
      const video = acceptedVideo(viewer);
      const turn = await takeTurn(kysely, viewer);
      await insertVideo(kysely, video, null, turn);
      await queue.send(executor, video.id, 0, turn);
      return { video, turn };
    });
  async function turns(...viewers: Viewer[]): Promise<number[]> {
    const taken: number[] = [];
    for (const viewer of viewers) taken.push((await make(viewer)).turn);
    return taken;
  }
  const submit = (video: StoredVideo) => apply(shared.db.kysely, video, submitStarted);

  test("each key's videos have one after the other, whatever others have", async () => {
    expect(await turns(a, a, a, b, a, b, c)).toEqual([0, 1, 2, 0, 3, 1, 0]);
  });

  test("whoever comes later begins where the others are, and not before", async () => {
    const made = [await make(a), await make(a), await make(a)];
    for (const { video } of made.slice(0, 2)) await submit(video);
    expect(await lowestTurn(shared.db.kysely)).toBe(2);
    expect(await turns(b, a, b)).toEqual([2, 3, 3]);
  });

  test("where nothing waits it begins anew: what was sent before, or canceled, does not count", async () => {
    const [sent, canceled] = [await make(a), await make(a)];
    await apply(shared.db.kysely, await submit(sent.video), { type: "submit_postponed", waitingReason: null });
    await apply(shared.db.kysely, canceled.video, { type: "canceled" });
    expect(await lowestTurn(shared.db.kysely)).toBeNull();
    expect(await turns(b, a)).toEqual([0, 0]);
  });

  test("those without a key are one by themselves, and so is the same key in another project", async () => {
    const nobody = withKey(null);
    expect(await turns(nobody, nobody, a, withKey(null, "other"), withKey("a", "other"), a)).toEqual([
      0, 1, 0, 0, 0, 1,
    ]);
  });

  test("jobs are taken by turn, those of one turn as they came, and up to a turn", async () => {
    const made: string[] = [];
    for (const viewer of [a, a, a, b, b, c]) made.push((await make(viewer)).video.id);
    const names = new Map(made.map((id, index) => [id, ["a0", "a1", "a2", "b0", "b1", "c0"][index]]));
    const fetch = async (limit: number, lastTurn: number | null) => {
      const jobs = await shared.db.transaction(({ executor }) => queue.fetch(limit, executor, lastTurn));
      return jobs.map(({ videoId }) => names.get(videoId));
    };
    expect((await fetch(10, 0)).sort()).toEqual(["a0", "b0", "c0"]);
    expect(await fetch(10, 0)).toEqual([]);
    expect(await fetch(1, null)).toEqual(["a1"]);
    expect(await fetch(1, null)).toEqual(["b1"]);
    expect(await fetch(1, 1)).toEqual([]);
    expect(await fetch(1, null)).toEqual(["a2"]);
  });

  test("with ten thousand waiting, turns and jobs are found by their indexes, and nothing is sorted", async () => {
    const { video } = await make(a);
    await make(b);
    const copies = sql`
      FROM videos AS model, generate_series(1, 10000) AS n,
        jsonb_populate_record(NULL::videos, to_jsonb(model) || jsonb_build_object('id', gen_random_uuid(), 'turn', n)) AS copy
      WHERE model.id = ${videoUuid(video.id)}`;
    const { kysely, executor } = shared.db;
    await sql`INSERT INTO videos SELECT copy.* ${copies}`.execute(kysely);
    await sql`
      INSERT INTO pgboss.job (id, name, priority, data, retry_limit, policy)
      SELECT videos.id, model.name, -videos.turn, model.data, model.retry_limit, model.policy
      FROM pgboss.job AS model, videos WHERE model.id = ${videoUuid(video.id)} AND videos.turn > 0
    `.execute(kysely);
    await sql`ANALYZE videos`.execute(kysely);

    const plans: string[] = [];
    const heard = (rows: unknown[]) => {
      plans.push(JSON.stringify(rows));
      return [];
    };
    const explaining: KyselyPlugin = {
      transformQuery: ({ node }) => RawNode.create(["EXPLAIN ", ""], [node]),
      transformResult: async ({ result }) => ({ ...result, rows: heard(result.rows) }),
    };
    await takeTurn(kysely.withPlugin(explaining), a);
    await lowestTurn(kysely.withPlugin(explaining));
    const explainingJobs: Db = {
      executeSql: async (text, values) => ({
        rows: heard((await executor.executeSql(`EXPLAIN ${text}`, values)).rows),
      }),
    };
    await queue.fetch(200, explainingJobs, null);
    await queue.fetch(200, explainingJobs, 0);

    expect(plans).toHaveLength(4);
    const [turn, lowest, next, upTo] = plans;
    // Looked for once.
    expect(turn?.match(/using videos_turn on videos/g)).toHaveLength(1);
    expect(turn).toMatch(/Scan Backward using videos_turn_of_key on videos/);
    expect(lowest).toMatch(/using videos_turn on videos/);
    expect(next).toMatch(/using job_\w*i11 on/);
    expect(upTo).toMatch(/using job_\w*i11 on/);
    for (const plan of plans) expect(plan).not.toMatch(/Sort|Seq Scan|Bitmap/);
    expect(await turns(a, b, c)).toEqual([10_001, 1, 0]);
  });
});

test("whoever makes another with the same key meanwhile waits for nobody, and has the next turn", async () => {
  const shared = await sharedDatabase("postgres");
  const made: number[] = [];
  const make = (whenMade: () => Promise<void>) =>
    shared.db.transaction(async ({ kysely }) => {
      const turn = await takeTurn(kysely, a);
      await insertVideo(kysely, acceptedVideo(a), null, turn);
      made.push(turn);
      await whenMade();
    });
  // Each within the transaction of the one before.
  await make(() => make(() => make(async () => {})));
  await make(async () => {});
  expect(made).toEqual([0, 1, 2, 3]);
  await shared.close();
});
