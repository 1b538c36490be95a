import fs from "node:fs";
import path from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { startMaintenance } from "../../src/database/maintenance.ts";
import { temporaryDatabase, temporaryDataDir } from "./temporary-database.ts";

const megabyte = 1024 * 1024;

test("dead rows are reclaimed, so that a table that is only updated does not grow", async () => {
  const { executor, maintain } = await temporaryDatabase();
  await executor.executeSql(
    "create table updated as select number, repeat('x', 500) as text from generate_series(1, 1000) number",
  );
  const sizes: number[] = [];
  for (let round = 0; round < 6; round += 1) {
    await executor.executeSql("update updated set text = text || '.'");
    const { vacuumed } = await maintain();
    expect(vacuumed).toContain("public.updated");
    sizes.push((await executor.executeSql("select pg_relation_size('updated') as bytes")).rows[0].bytes);
  }
  expect(sizes.at(-1)).toBeLessThanOrEqual(Number(sizes[1]));
  const { rows } = await executor.executeSql(
    "select n_dead_tup as dead from pg_stat_user_tables where relname = 'updated'",
  );
  expect(rows).toEqual([{ dead: 0 }]);
});

test("a table with few dead rows is left alone until all are vacuumed, system tables too", async () => {
  let time = 0;
  const { executor, maintain } = await temporaryDatabase({
    maintenance: { intervalMs: 0, vacuumAllMs: 1000, now: () => time },
  });
  await executor.executeSql(
    "create table updated (number int); insert into updated values (1); update updated set number = 2",
  );
  expect(await maintain()).toMatchObject({ vacuumed: [] });
  time = 1000;
  const { vacuumed } = await maintain();
  expect(vacuumed).toEqual(expect.arrayContaining(["public.updated", "pg_catalog.pg_class"]));
  expect(await maintain()).toMatchObject({ vacuumed: [] });
});

test("the write-ahead log stays bounded while writing, and grows without maintenance", async () => {
  const dataDir = await temporaryDataDir();
  const { executor, maintain } = await temporaryDatabase({
    dataDir,
    maintenance: { intervalMs: 0, checkpointBytes: 4 * megabyte },
  });
  // Kept apart and uncompressed, so that a row of 8 kB is 8 kB of log.
  await executor.executeSql("create table written (text text storage external)");
  const write = () => executor.executeSql("insert into written select repeat('x', 8000) from generate_series(1, 400)");
  const logSize = () => {
    const log = path.join(dataDir, "postgres/pg_wal");
    return fs.readdirSync(log).reduce((bytes, file) => bytes + fs.statSync(path.join(log, file)).size, 0);
  };
  for (let round = 0; round < 20; round += 1) {
    await write();
    await maintain();
  }
  const bounded = logSize();
  expect(bounded).toBeLessThan(24 * megabyte);
  for (let round = 0; round < 20; round += 1) await write();
  expect(logSize()).toBeGreaterThan(bounded + 40 * megabyte);
  expect(await maintain()).toMatchObject({ checkpointed: true });
});

test("a checkpoint is made when enough was written, or after a while if anything was", async () => {
  let time = 0;
  const { executor, maintain } = await temporaryDatabase({
    maintenance: { intervalMs: 0, checkpointAgeMs: 1000, now: () => time },
  });
  await executor.executeSql("checkpoint");
  await maintain();
  time = 1000;
  expect(await maintain()).toMatchObject({ checkpointed: false });
  await executor.executeSql("create table written (number int)");
  expect(await maintain()).toMatchObject({ checkpointed: true });
  await executor.executeSql("drop table written");
  expect(await maintain()).toMatchObject({ checkpointed: false });
  time = 2000;
  expect(await maintain()).toMatchObject({ checkpointed: true });
});

test("rounds never overlap, their errors are reported, and none begins after the end", async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const started: PromiseWithResolvers<void>[] = [];
  const errors: unknown[] = [];
  const executeSql = async () => {
    const statement = Promise.withResolvers<void>();
    started.push(statement);
    await statement.promise;
    return { rows: [] };
  };
  const maintenance = startMaintenance(executeSql, { intervalMs: 1000, onError: (error) => errors.push(error) });
  await vi.advanceTimersByTimeAsync(5000);
  expect(started).toHaveLength(1);
  started[0]?.reject(new Error("the first round failed"));
  await vi.advanceTimersByTimeAsync(1000);
  expect(errors).toMatchObject([{ message: "the first round failed" }]);
  expect(started).toHaveLength(2);
  const stopping = maintenance.stop();
  started[1]?.resolve();
  await stopping;
  await vi.advanceTimersByTimeAsync(5000);
  expect(started).toHaveLength(2);
  expect(vi.getTimerCount()).toBe(0);
});

test("a table that cannot be vacuumed does not keep the others from it", async () => {
  const errors: unknown[] = [];
  const executeSql = async (text: string) => {
    if (text.includes("vacuum (analyze) damaged")) throw new Error("damaged");
    return { rows: text.includes("pg_stat_all_tables") ? [{ table: "damaged" }, { table: "sound" }] : [] };
  };
  const maintenance = startMaintenance(executeSql, { intervalMs: 0, onError: (error) => errors.push(error) });
  expect(await maintenance.run()).toMatchObject({ vacuumed: ["sound"] });
  expect(errors).toMatchObject([{ message: "damaged" }]);
});
