import { randomUUID } from "node:crypto";
import { PgBoss, TestClock } from "pg-boss";
import { expect, onTestFinished, test } from "vitest";
import { temporaryDatabase } from "./temporary-database.ts";

interface Schema {
  videos: { id: string };
}

async function queue() {
  const database = await temporaryDatabase<Schema>();
  await database.executor.executeSql("create table videos (id text primary key)");
  const clock = new TestClock(Date.parse("2026-01-01T00:00:00Z"));
  const boss = new PgBoss({
    db: database.executor,
    backend: database.kind,
    clock,
    schedule: false,
    superviseIntervalSeconds: 1,
    monitorIntervalSeconds: 1,
  });
  boss.on("error", (error) => {
    throw error;
  });
  await boss.start();
  onTestFinished(() => boss.stop({ graceful: false }));
  await boss.createQueue("carry", { heartbeatSeconds: 10, retryLimit: 2 ** 31 - 1 });
  const create = (id: string, then: () => void = () => {}) =>
    database.transaction(async ({ kysely, executor }) => {
      await kysely.insertInto("videos").values({ id }).execute();
      await boss.send("carry", { id }, { id, db: executor });
      then();
    });
  const videos = async () => (await database.kysely.selectFrom("videos").selectAll().execute()).map((row) => row.id);
  return { database, boss, clock, create, videos };
}

test("a queue nobody has used yet is refused inside a transaction rather than waited for", async () => {
  const { boss, create, videos } = await queue();
  await expect(create(randomUUID())).rejects.toMatchObject({ code: "OUTER_QUERY_IN_TRANSACTION" });
  expect(await videos()).toEqual([]);
  await boss.fetch("carry");
  const id = randomUUID();
  await create(id);
  expect(await videos()).toEqual([id]);
});

test("a row and its job are saved together or not at all", async () => {
  const { boss, create, videos } = await queue();
  await boss.fetch("carry");
  const undone = create(randomUUID(), () => {
    throw new Error("undo");
  });
  await expect(undone).rejects.toThrow("undo");
  expect(await videos()).toEqual([]);
  expect(await boss.fetch("carry")).toEqual([]);

  const id = randomUUID();
  await create(id);
  expect(await videos()).toEqual([id]);
  const [job] = await boss.fetch("carry", { includeMetadata: true });
  expect(job).toMatchObject({ id, data: { id }, state: "active", retryCount: 0, heartbeatSeconds: 10 });
  expect(job?.createdOn).toBeInstanceOf(Date);
  expect(await boss.send("carry", { id }, { id })).toBeNull();
});

test("a job without heartbeat is handed out again, and its first holder can do nothing more with it", async () => {
  const { database, boss, clock, create } = await queue();
  await boss.fetch("carry");
  const id = randomUUID();
  await create(id);
  const [first] = await boss.fetch("carry");
  if (!first) throw new Error("no job");
  await clock.tick(8_000);
  expect(await boss.touch("carry", [first])).toMatchObject({ settled: [id] });
  await clock.tick(8_000);
  expect(await boss.fetch("carry")).toEqual([]);
  await clock.tick(4_000);
  const [second] = await boss.fetch("carry");
  expect(second).toMatchObject({ id, retryCount: 1 });
  if (!second) throw new Error("no job");

  expect(await boss.touch("carry", [first])).toMatchObject({ affected: 0, settled: [] });
  expect(await boss.complete("carry", [first])).toMatchObject({ affected: 0, settled: [] });
  const completed = await database.transaction(({ executor }) =>
    boss.complete("carry", [second], null, { db: executor }),
  );
  expect(completed).toMatchObject({ affected: 1, settled: [id] });
  expect(await boss.findJobs("carry", { id })).toMatchObject([{ state: "completed", retryCount: 1 }]);
});
