import { newUploadId, videoIdFromUuid } from "@reelwire/core";
import { describe, expect, test } from "vitest";
import { exportDatabase, importDatabase } from "../../src/index.ts";
import { silentLogger } from "../../src/logger.ts";
import { openQueue } from "../../src/queue.ts";
import { MOVED_TABLES } from "../../src/transfer/moved-tables.ts";
import { asSuperuser } from "../database/postgres-url.ts";
import { everyRow, exported, imported, inPieces, place, withDatabase } from "./databases.ts";
import { fillWithVariety } from "./varied-videos.ts";

/** A database of each kind of odd value, and its export. */
async function varied(kind: "pglite" | "postgres", videos = 64) {
  const from = await place(kind);
  await withDatabase(from, ({ kysely }) => fillWithVariety(kysely, { videos }));
  return { from, file: await exported(from) };
}

test("embedded, to PostgreSQL, and back: every column of every row is the same, and so is the file", async () => {
  const { from, file } = await varied("pglite");
  const rows = await everyRow(from);
  expect(rows.videos).toHaveLength(64);
  expect(rows.video_events.length).toBeGreaterThan(64);
  expect(rows.video_images.length).toBeGreaterThan(20);
  expect(rows.uploads).toHaveLength(64);

  const server = await place("postgres");
  expect(await imported(server, file)).toMatchObject({ videos: 64, unfinished: 40 });
  expect(await everyRow(server)).toEqual(rows);
  expect((await exported(server)).equals(file)).toBe(true);

  const back = await place("pglite");
  await imported(back, await exported(server));
  expect(await everyRow(back)).toEqual(rows);
  expect((await exported(back)).equals(file)).toBe(true);
});

test.each(["pglite", "postgres"] as const)("a database without videos moves too: %s", async (kind) => {
  const into = await place(kind);
  expect(await imported(into, await exported(await place(kind)))).toEqual({ videos: 0, unfinished: 0, files: 0 });
});

test("the largest images move", async () => {
  const from = await place("pglite");
  const largest = `data:image/png;base64,${"A".repeat(13_981_012)}`;
  await withDatabase(from, async ({ kysely }) => {
    await fillWithVariety(kysely, { videos: 3 });
    await kysely.deleteFrom("video_images").execute();
    const { id } = await kysely.selectFrom("videos").select("id").limit(1).executeTakeFirstOrThrow();
    await kysely
      .insertInto("video_images")
      .values({ video_id: id, image_url: largest, last_image_url: largest })
      .execute();
  });
  const into = await place("postgres");
  await importDatabase(into, exportDatabase(from));
  const [row] = await withDatabase(into, ({ kysely }) => kysely.selectFrom("video_images").selectAll().execute());
  expect([row?.image_url === largest, row?.last_image_url === largest]).toEqual([true, true]);
});

test("every table moves, or is about the moment", async () => {
  const tables = await withDatabase(await place("pglite"), ({ kysely }) => kysely.introspection.getTables());
  const moment = ["creation_rates", "nodes", "upstream_pauses"];
  expect(
    tables
      .filter(({ schema }) => schema !== "pgboss")
      .map(({ name }) => name)
      .sort(),
  ).toEqual([...MOVED_TABLES.map(({ name }) => name), ...moment].sort());
});

describe.each(["pglite", "postgres"] as const)("into %s", (kind) => {
  test("what is left to do has its job, with a greater fence than before (invariant 5), and nothing else has one", async () => {
    const { from, file } = await varied("pglite");
    const into = await place(kind);
    await imported(into, file);
    const before = await withDatabase(from, ({ kysely }) => kysely.selectFrom("videos").selectAll().execute());
    const left = before.filter(
      (video) => video.finished_at === null || (video.status === "COMPLETED" && video.archived_at === null),
    );
    const jobs = await withDatabase(into, async (db) => {
      const queue = await openQueue(db, silentLogger);
      const fetched = await queue.fetch(1_000, db.executor, null);
      await queue.close();
      return fetched;
    });
    expect(left.length).toBeGreaterThan(40);
    expect(jobs.map(({ videoId, fence }) => ({ videoId, fence })).sort(byId)).toEqual(
      left.map(({ id, fence }) => ({ videoId: videoIdFromUuid(id), fence: fence + 1 })).sort(byId),
    );
  });

  test("the secret that a gateway made there before is replaced, and jobs of videos that were there once", async () => {
    const { file } = await varied("pglite", 8);
    const into = await place(kind);
    await imported(into, file);
    await withDatabase(into, async ({ kysely }) => {
      await kysely.deleteFrom("videos").execute();
      await kysely.deleteFrom("uploads").execute();
      await kysely.deleteFrom("webhooks").execute();
      await kysely.updateTable("secrets").set({ value: "made there" }).execute();
    });
    expect(await imported(into, file)).toMatchObject({ videos: 8 });
    const secrets = await withDatabase(into, ({ kysely }) => kysely.selectFrom("secrets").selectAll().execute());
    expect(secrets).toEqual([{ name: "file-signature", value: "of the exported" }]);
  });

  test("what was uploaded there, and not used, stays, to expire there", async () => {
    const { file } = await varied("pglite", 8);
    const into = await place(kind);
    const id = newUploadId();
    await withDatabase(into, ({ kysely }) =>
      kysely
        .insertInto("uploads")
        .values({
          ...{ id, project: "default", subject: "", key_id: null, content_type: "image/png" },
          ...{ width: 1280, height: 720, bytes: 1_000, created_at: new Date(), expires_at: new Date() },
        })
        .execute(),
    );
    expect(await imported(into, file)).toMatchObject({ videos: 8 });
    const uploads = await withDatabase(into, ({ kysely }) => kysely.selectFrom("uploads").select("id").execute());
    expect(uploads).toHaveLength(9);
    expect(uploads).toContainEqual({ id });
  });

  test("progress is told up to the end", async () => {
    const { from, file } = await varied(kind, 8);
    const told: [number, number][] = [];
    const onProgress = (rows: number, of: number) => told.push([rows, of]);
    for await (const _piece of exportDatabase({ ...from, onProgress }));
    const [, total] = told.at(-1) ?? [];
    expect(told.at(-1)).toEqual([total, total]);
    await importDatabase({ ...(await place(kind)), onProgress }, inPieces(file));
    expect(told.at(-1)).toEqual([total, total]);
  });
});

test("an export that nobody reads on lets go of the database", async () => {
  const from = await place("postgres");
  await withDatabase(from, ({ kysely }) => fillWithVariety(kysely, { videos: 8 }));
  const name = new URL(from.databaseUrl ?? "").pathname.slice(1);
  const sessions = () =>
    asSuperuser("SELECT state FROM pg_stat_activity WHERE datname = $1 AND state LIKE 'idle in%'", [name]);
  for await (const _piece of exportDatabase(from)) {
    expect(await sessions()).toHaveLength(1);
    break;
  }
  expect(await sessions()).toEqual([]);
});

function byId(a: { videoId: string }, b: { videoId: string }): number {
  return a.videoId < b.videoId ? -1 : 1;
}
