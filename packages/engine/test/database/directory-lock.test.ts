import { expect, test } from "vitest";
import { lockDirectory } from "../../src/database/directory-lock.ts";
import { openPglite } from "../../src/database/pglite.ts";
import { kill, runChild } from "./child-process.ts";
import { temporaryDatabase, temporaryDataDir, temporaryDirectory } from "./temporary-database.ts";

test("a directory has one holder, and the next after its release", () => {
  const directory = temporaryDirectory();
  const lock = lockDirectory(directory);
  expect(() => lockDirectory(directory)).toThrow(expect.objectContaining({ code: "DATA_DIR_IN_USE" }));
  lock.release();
  lock.release();
  lockDirectory(directory).release();
});

test("a directory held by another process is refused, and free as soon as that one is killed", async () => {
  const directory = temporaryDirectory();
  const { child, lines } = runChild("hold-lock.child.ts", directory);
  expect(await lines.next()).toMatchObject({ value: "locked" });
  expect(() => lockDirectory(directory)).toThrow(
    expect.objectContaining({ code: "DATA_DIR_IN_USE", message: expect.stringContaining(directory) }),
  );
  await kill(child);
  lockDirectory(directory).release();
});

test("a directory that does not exist cannot be locked", () => {
  expect(() => lockDirectory("/nowhere/at/all")).toThrow(expect.objectContaining({ code: "DATA_DIR_UNUSABLE" }));
});

test("an open database is refused to a second one and goes on unharmed", async () => {
  const dataDir = await temporaryDataDir();
  const database = await temporaryDatabase<{ written: { number: number } }>({ dataDir });
  await database.executor.executeSql("create table written (number int)");
  await expect(openPglite({ dataDir })).rejects.toMatchObject({ code: "DATA_DIR_IN_USE" });
  await database.kysely.insertInto("written").values({ number: 1 }).execute();
  await database.close();
  const reopened = await temporaryDatabase<{ written: { number: number } }>({ dataDir });
  expect(await reopened.kysely.selectFrom("written").selectAll().execute()).toEqual([{ number: 1 }]);
});
