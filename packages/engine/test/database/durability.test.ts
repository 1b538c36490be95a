import fs from "node:fs";
import { sql } from "kysely";
import { afterEach, expect, test, vi } from "vitest";
import type { DatabaseError } from "../../src/database/database-error.ts";
import { kill, runChild } from "./child-process.ts";
import { temporaryDatabase, temporaryDataDir } from "./temporary-database.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

test("PostgreSQL is set to survive a power failure", async () => {
  const { executor } = await temporaryDatabase();
  const { rows } = await executor.executeSql(
    "select name, setting from pg_settings where name in ('fsync', 'full_page_writes', 'synchronous_commit', 'wal_sync_method', 'data_checksums') order by name",
  );
  expect(Object.fromEntries(rows.map(({ name, setting }) => [name, setting]))).toEqual({
    data_checksums: "on",
    fsync: "on",
    full_page_writes: "on",
    synchronous_commit: "on",
    wal_sync_method: "fsync",
  });
});

test("each commit is one fsync, and reading is none", async () => {
  const database = await temporaryDatabase<{ written: { number: number } }>();
  await database.executor.executeSql("create table written (number int)");
  const fsync = vi.spyOn(fs, "fsyncSync");
  for (let number = 0; number < 50; number += 1) {
    await database.transaction(async ({ kysely }) => {
      await kysely.insertInto("written").values({ number }).execute();
      await kysely.insertInto("written").values({ number }).execute();
    });
  }
  // One more where a commit begins a new WAL file.
  expect(fsync.mock.calls.length).toBeGreaterThanOrEqual(50);
  expect(fsync.mock.calls.length).toBeLessThanOrEqual(52);
  fsync.mockClear();
  await database.kysely.selectFrom("written").selectAll().execute();
  expect(fsync).not.toHaveBeenCalled();
});

test("what was committed is there after kill -9", async () => {
  const dataDir = await temporaryDataDir();
  const { child, lines } = runChild("write-rows.child.ts", dataDir);
  let acknowledged = -1;
  while (acknowledged < 200) acknowledged = Number((await lines.next()).value);
  await kill(child);
  for (let line = await lines.next(); !line.done; line = await lines.next()) acknowledged = Number(line.value);

  const { executor } = await temporaryDatabase({ dataDir });
  const { rows } = await executor.executeSql("select count(*) as count, max(number) as last from written");
  expect(rows[0].count).toBe(rows[0].last + 1);
  expect(rows[0].last).toBeGreaterThanOrEqual(acknowledged);
});

test("when a commit cannot be made durable the database stops, and says so, and keeps what was committed", async () => {
  const dataDir = await temporaryDataDir();
  const stopped: DatabaseError[] = [];
  const database = await temporaryDatabase<{ written: { number: number } }>({
    dataDir,
    onStopped: (error) => stopped.push(error),
  });
  await database.executor.executeSql("create table written (number int); insert into written values (1)");
  const fsync = vi.spyOn(fs, "fsyncSync").mockImplementation(() => {
    throw Object.assign(new Error("EIO: i/o error, fsync"), { code: "EIO" });
  });
  await expect(database.kysely.insertInto("written").values({ number: 2 }).execute()).rejects.toMatchObject({
    severity: "PANIC",
  });
  fsync.mockRestore();
  expect(stopped).toMatchObject([{ code: "DATABASE_CLOSED" }]);
  const closed = { code: "DATABASE_CLOSED" };
  await expect(database.kysely.selectFrom("written").selectAll().execute()).rejects.toMatchObject(closed);
  await expect(database.transaction(async () => {})).rejects.toMatchObject(closed);
  await expect(database.executor.executeSql("select 1")).rejects.toMatchObject(closed);
  await database.close();

  const reopened = await temporaryDatabase({ dataDir });
  const { rows } = await sql<{ number: number }>`select number from written where number = 1`.execute(reopened.kysely);
  expect(rows).toEqual([{ number: 1 }]);
});
