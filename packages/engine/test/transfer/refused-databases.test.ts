import fs from "node:fs";
import { describe, expect, test } from "vitest";
import type { TransferOptions } from "../../src/index.ts";
import { exportDatabase, importDatabase, openAccess } from "../../src/index.ts";
import { DATABASE_KINDS } from "../database/temporary-database.ts";
import { startTestEngine } from "../test-engine.ts";
import { everyRow, exported, imported, inPieces, place, withDatabase } from "./databases.ts";
import { fillWithVariety } from "./varied-videos.ts";

async function filled(at: TransferOptions): Promise<TransferOptions> {
  await withDatabase(at, ({ kysely }) => fillWithVariety(kysely, { videos: 4 }));
  return at;
}

/** A gateway's row, as it is while it lives, or was when it was last heard of. */
async function nodeHeardOf(at: TransferOptions, secondsAgo: number): Promise<void> {
  await withDatabase(at, async ({ kysely }) => {
    const seenAt = new Date(Date.now() - secondsAgo * 1_000);
    await kysely
      .insertInto("nodes")
      .values({ id: crypto.randomUUID(), carries: true, files: "here", upstream: "there", seen_at: seenAt })
      .execute();
  });
}

describe.each(DATABASE_KINDS)("%s", (kind) => {
  test("a database with videos takes no others", async () => {
    const file = await exported(await filled(await place("pglite")));
    const into = await filled(await place(kind));
    const before = await everyRow(into);
    await expect(imported(into, file)).rejects.toMatchObject({
      code: "DATABASE_NOT_EMPTY",
      message: expect.stringMatching(/^The database has 4 videos, 0 API keys, 0 budgets and 4 webhooks already.*\.$/),
    });
    expect(await everyRow(into)).toEqual(before);
  });

  test("a database with an API key takes no others, nor anything else", async () => {
    const file = await exported(await filled(await place("pglite")));
    const into = await place(kind);
    const { access, close } = await openAccess(into);
    const key = { project: "default", name: "made here", scopes: ["admin"], expiresAt: null, createdBy: null } as const;
    await access.createKey(key);
    await close();
    const before = await everyRow(into);
    await expect(imported(into, file)).rejects.toMatchObject({
      code: "DATABASE_NOT_EMPTY",
      message: expect.stringContaining("0 videos, 1 API keys"),
    });
    expect(await everyRow(into)).toEqual(before);
  });

  test("a gateway that was killed stands in nobody's way, after a while", async () => {
    const from = await filled(await place(kind));
    await nodeHeardOf(from, 90);
    const into = await place(kind);
    await nodeHeardOf(into, 90);
    expect(await imported(into, await exported(from))).toMatchObject({ videos: 4 });
  });
});

test("while a gateway uses an embedded database, it is neither exported nor imported into", async () => {
  await using t = await startTestEngine();
  const { dataDir } = t;
  await expect(exported({ dataDir })).rejects.toMatchObject({ code: "DATA_DIR_IN_USE" });
  const file = await exported(await filled(await place("pglite")));
  await expect(imported({ dataDir }, file)).rejects.toMatchObject({ code: "DATA_DIR_IN_USE" });
});

test("while a gateway uses a PostgreSQL database, it is neither exported nor imported into", async () => {
  const file = await exported(await filled(await place("pglite")));
  const at = await place("postgres");
  await using t = await startTestEngine(at);
  const oneLine = {
    code: "DATABASE_IN_USE",
    message: expect.stringMatching(/^A gateway uses this database: [^\n]+\.$/),
  };
  await expect(exported(at)).rejects.toMatchObject(oneLine);
  await expect(imported(at, file)).rejects.toMatchObject(oneLine);
  await t.engine.close();
  expect(await imported(at, file)).toMatchObject({ videos: 4 });
  expect((await exported(at)).equals(file)).toBe(true);
});

test("an export during which a gateway starts never gets its last line", async () => {
  const from = await filled(await place("postgres"));
  const pieces: Uint8Array[] = [];
  const exporting = (async () => {
    for await (const piece of exportDatabase(from)) {
      if (pieces.length === 0) await nodeHeardOf(from, 0);
      pieces.push(piece);
    }
  })();
  await expect(exporting).rejects.toMatchObject({ code: "DATABASE_IN_USE" });
  const into = await place("postgres");
  await expect(imported(into, Buffer.concat(pieces))).rejects.toMatchObject({ code: "EXPORT_UNREADABLE" });
});

test("an import during which a gateway starts changes nothing", async () => {
  const file = await exported(await filled(await place("pglite")));
  const into = await place("postgres");
  const before = await everyRow(into);
  async function* interrupted() {
    yield file.subarray(0, file.length - 1);
    await nodeHeardOf(into, 0);
    yield file.subarray(file.length - 1);
  }
  await expect(importDatabase(into, interrupted())).rejects.toMatchObject({ code: "DATABASE_IN_USE" });
  expect(await everyRow(into)).toEqual(before);
});

test("of two imports at once one is made", async () => {
  const file = await exported(await filled(await place("pglite")));
  const into = await place("postgres");
  let second: Promise<unknown> | undefined;
  async function* inTheMidst() {
    yield file.subarray(0, -1);
    second = imported(into, file);
    await expect(second).rejects.toMatchObject({ code: "DATABASE_IN_USE" });
    yield file.subarray(-1);
  }
  expect(await importDatabase(into, inTheMidst())).toMatchObject({ videos: 4 });
  expect(second).toBeDefined();
});

test("an import whose file cannot be read to its end changes nothing", async () => {
  const file = await exported(await filled(await place("pglite")));
  const into = await place("postgres");
  const before = await everyRow(into);
  async function* broken() {
    yield* inPieces(file.subarray(0, -1));
    throw new Error("the disk is broken");
  }
  await expect(importDatabase(into, broken())).rejects.toThrow("the disk is broken");
  expect(await everyRow(into)).toEqual(before);
});

test("where there is no embedded database, none is made by looking for it", async () => {
  const { dataDir } = await place("postgres");
  await expect(exported({ dataDir })).rejects.toMatchObject({ code: "DATABASE_MISSING" });
  expect(fs.readdirSync(dataDir)).toEqual([]);
});
