import { startEmulator } from "@reelwire/emulator";
import { type Kysely, sql } from "kysely";
import { describe, expect, onTestFinished, test } from "vitest";
import { migrate } from "../../src/database/migrate.ts";
import { migrations as all } from "../../src/database/migrations/index.ts";
import { openPglite } from "../../src/database/pglite.ts";
import { openPostgres } from "../../src/database/postgres.ts";
import type { EngineSchema } from "../../src/database/schema.ts";
import { startEngine } from "../../src/index.ts";
import { quickSchedule, quickTiming } from "../quick-timing.ts";
import { finished, make } from "../test-engine.ts";
import { postgresUrl } from "./postgres-url.ts";
import { temporaryDatabase, temporaryDataDir, temporaryDirectory } from "./temporary-database.ts";

const first = {
  "0001-videos": {
    up: async (kysely: Kysely<unknown>) => {
      await kysely.schema.createTable("videos").addColumn("id", "text").execute();
    },
  },
};
const second = {
  ...first,
  "0002-prompt": {
    up: async (kysely: Kysely<unknown>) => {
      await kysely.schema.alterTable("videos").addColumn("prompt", "text").execute();
    },
  },
};

test("each migration runs once, in the order of the names", async () => {
  const { kysely } = await temporaryDatabase();
  expect(await migrate(kysely, first)).toEqual(["0001-videos"]);
  expect(await migrate(kysely, second)).toEqual(["0002-prompt"]);
  expect(await migrate(kysely, second)).toEqual([]);
});

test("starting at once, one migrates and the others find it done", async () => {
  const { kysely } = await temporaryDatabase();
  const ran = await Promise.all([migrate(kysely, second), migrate(kysely, second), migrate(kysely, second)]);
  expect(ran.flat()).toEqual(Object.keys(second));
});

test("opening brings the database up to date", async () => {
  const { executor } = await temporaryDatabase({ migrations: second });
  expect(await executor.executeSql("select prompt from videos")).toMatchObject({ rows: [] });
});

test("a database of a newer release is refused and left as it is", async () => {
  const dataDir = await temporaryDataDir();
  await (await temporaryDatabase({ dataDir, migrations: second })).close();
  await expect(openPglite({ dataDir, migrations: first })).rejects.toMatchObject({
    code: "DATABASE_TOO_NEW",
    message: expect.stringContaining("0002-prompt"),
  });
  await temporaryDatabase({ dataDir, migrations: second });
});

test("a migration that throws undoes all that ran with it", async () => {
  const { kysely } = await temporaryDatabase();
  const broken = {
    ...second,
    "0003-broken": { up: (kysely: Kysely<unknown>) => sql`select 1/0`.execute(kysely).then(() => {}) },
  };
  await expect(migrate(kysely, broken)).rejects.toMatchObject({
    code: "MIGRATION_FAILED",
    message: expect.stringContaining("0003-broken"),
    cause: expect.objectContaining({ code: "22012" }),
  });
  expect(await migrate(kysely, second)).toEqual(Object.keys(second));
});

test("webhooks come to a database with videos: those under way are told of, and those that have ended stay as they are", async () => {
  const { "0005-webhooks": _, ...before } = all;
  const database = await temporaryDatabase<EngineSchema>({ migrations: before });
  const { kysely } = database;
  const insert = (id: string, finishedAt: Date | null) =>
    sql`
    INSERT INTO videos (id, project, subject, request, fingerprint, created_at, status, version, attempt, finished_at, updated_at)
    VALUES (${id}::uuid, 'p', '', '{}', 'f', now(), ${finishedAt === null ? "QUEUED" : "COMPLETED"}, 1, 1, ${finishedAt}::timestamptz, now())
  `.execute(kysely);
  await insert("01930000-0000-7000-8000-000000000001", null);
  await insert("01930000-0000-7000-8000-000000000002", new Date());
  expect(await migrate(kysely, all)).toEqual(["0005-webhooks"]);
  expect(await kysely.selectFrom("videos").select("callback_urls").execute()).toEqual([
    { callback_urls: [] },
    { callback_urls: [] },
  ]);
  expect(await kysely.selectFrom("webhook_deliveries").selectAll().execute()).toEqual([]);
});

describe("nodes that start at the same time on a PostgreSQL server", () => {
  test("migrate once, all of them find it done", async () => {
    const url = await postgresUrl({ empty: true });
    let ran = 0;
    const counted = {
      ...second,
      "0003-counted": {
        up: async (kysely: Kysely<unknown>) => {
          ran += 1;
          await sql`insert into videos (id) values ('made by a migration')`.execute(kysely);
        },
      },
    };
    const nodes = await Promise.all(
      Array.from({ length: 8 }, async () => {
        const node = await openPostgres<{ videos: { id: string } }>({ url, migrations: counted });
        onTestFinished(() => node.close());
        return node;
      }),
    );
    expect(ran).toBe(1);
    for (const { kysely } of nodes) {
      expect(await kysely.selectFrom("videos").select("id").execute()).toEqual([{ id: "made by a migration" }]);
    }
  });

  test("all start, the queue with them, and carry a video", async () => {
    const databaseUrl = await postgresUrl({ empty: true });
    const emulator = await startEmulator({ clip: "cached", durationMs: 100 });
    onTestFinished(() => emulator.close());
    const dataDir = temporaryDirectory();
    const upstream = { apiKey: emulator.apiKey, baseUrl: emulator.url };
    const engines = await Promise.all(
      Array.from({ length: 4 }, async () => {
        const engine = await startEngine({
          dataDir,
          databaseUrl,
          upstream,
          schedule: quickSchedule,
          timing: quickTiming,
        });
        onTestFinished(() => engine.close());
        return engine;
      }),
    );
    expect(new Set(engines.map((engine) => engine.nodeId())).size).toBe(4);
    const videos = await Promise.all(engines.map((engine) => make(engine)));
    for (const [index, { id }] of videos.entries()) {
      const other = engines[(index + 1) % engines.length] ?? engines[0];
      if (other !== undefined) expect(await finished(other, id)).toMatchObject({ status: "COMPLETED" });
    }
    expect(emulator.accepted).toHaveLength(4);
  });
});
