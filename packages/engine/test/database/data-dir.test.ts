import fs from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { openPglite } from "../../src/database/pglite.ts";
import { temporaryDatabase, temporaryDataDir, temporaryDirectory } from "./temporary-database.ts";

test("a database is made beside what else is in the directory; what a crash left half made is thrown away", async () => {
  const dataDir = path.join(temporaryDirectory(), "not", "yet");
  fs.mkdirSync(path.join(dataDir, "postgres.new"), { recursive: true });
  fs.writeFileSync(path.join(dataDir, "postgres.new", "PG_VERSION"), "18\n");
  fs.writeFileSync(path.join(dataDir, "video.mp4"), "");
  const { executor } = await temporaryDatabase({ dataDir });
  expect(await executor.executeSql("select 1 as one")).toMatchObject({ rows: [{ one: 1 }] });
  expect(fs.readdirSync(dataDir).sort()).toEqual(["lock.sqlite", "postgres", "video.mp4"]);
  // PGlite makes files that anybody may write.
  expect(fs.statSync(path.join(dataDir, "postgres")).mode & 0o777).toBe(0o700);
});

test("a file in place of the directory is refused", async () => {
  const file = path.join(temporaryDirectory(), "file");
  fs.writeFileSync(file, "");
  await expectUnusable(file);
  await expectUnusable(path.join(file, "below"));
});

const damages: [string, string, (cluster: string) => void][] = [
  ["of another PostgreSQL", "PostgreSQL 17", (cluster) => fs.writeFileSync(path.join(cluster, "PG_VERSION"), "17\n")],
  ["without its version", "PG_VERSION", (cluster) => fs.rmSync(path.join(cluster, "PG_VERSION"))],
  ["with a cut control file", "pg_control", (cluster) => fs.truncateSync(path.join(cluster, "global/pg_control"), 100)],
  ["without its log", "pg_wal", (cluster) => fs.rmSync(path.join(cluster, "pg_wal"), { recursive: true })],
  ["without its tables", "does not exist", (cluster) => fs.rmSync(path.join(cluster, "base"), { recursive: true })],
  ["without its settings", "postgresql.conf", (cluster) => fs.rmSync(path.join(cluster, "postgresql.conf"))],
];

test.each(damages)("a database %s is refused in one line that names it", async (_, reason, damage) => {
  const dataDir = await temporaryDataDir();
  const cluster = path.join(dataDir, "postgres");
  damage(cluster);
  await expectUnusable(dataDir, reason);
  // The lock is free again: the same refusal, not DATA_DIR_IN_USE.
  await expectUnusable(dataDir, reason);
});

async function expectUnusable(dataDir: string, reason = "") {
  const error: unknown = await openPglite({ dataDir }).catch((error) => error);
  expect(error).toMatchObject({ code: "DATA_DIR_UNUSABLE", message: expect.stringMatching(/^[^\n]+$/) });
  expect(error).toMatchObject({ message: expect.stringContaining(dataDir) });
  expect(error).toMatchObject({ message: expect.stringContaining(reason) });
}
