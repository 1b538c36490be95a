import { sql } from "kysely";
import { expect, test } from "vitest";
import { temporaryDatabase, temporaryDataDir } from "./temporary-database.ts";

interface Schema {
  counted: { number: number };
}

async function counted() {
  const database = await temporaryDatabase<Schema>();
  await database.executor.executeSql("create table counted (number int primary key)");
  const numbers = async () =>
    (await database.kysely.selectFrom("counted").selectAll().execute()).map((row) => row.number);
  return { database, numbers };
}

test("transactions take turns, in the order they were asked for", async () => {
  const { database, numbers } = await counted();
  const order: number[] = [];
  await Promise.all(
    Array.from({ length: 20 }, (_, number) =>
      database.transaction(async ({ kysely }) => {
        order.push(number);
        await kysely.insertInto("counted").values({ number }).execute();
        expect(order.at(-1)).toBe(number);
      }),
    ),
  );
  expect(order).toEqual(Array.from({ length: 20 }, (_, number) => number));
  expect(await numbers()).toHaveLength(20);
});

test("a parameter that cannot be written fails alone", async () => {
  const { database } = await counted();
  const unwritable = sql`select ${{}}::int[]`.execute(database.kysely);
  const behind = sql<{ two: number }>`select ${2}::int as two`.execute(database.kysely);
  await expect(unwritable).rejects.toThrow(TypeError);
  expect((await behind).rows).toEqual([{ two: 2 }]);
});

test("a query outside the transaction, made inside it, is refused instead of waiting for ever", async () => {
  const { database, numbers } = await counted();
  const outer = { code: "OUTER_QUERY_IN_TRANSACTION" };
  await database.transaction(async ({ kysely }) => {
    await expect(numbers()).rejects.toMatchObject(outer);
    await expect(database.executor.executeSql("select 1")).rejects.toMatchObject(outer);
    await expect(database.transaction(async () => {})).rejects.toMatchObject(outer);
    await kysely.insertInto("counted").values({ number: 1 }).execute();
  });
  expect(await numbers()).toEqual([1]);
});

test("what a transaction leaves running may use the database once it has ended", async () => {
  const { database } = await counted();
  const ended = Promise.withResolvers<void>();
  let later: Promise<unknown> | undefined;
  await database.transaction(async () => {
    later = ended.promise.then(() => database.executor.executeSql("select 1 as one"));
  });
  ended.resolve();
  expect(await later).toMatchObject({ rows: [{ one: 1 }] });
});

test("NOTIFY reaches the listener once the transaction has committed", async () => {
  const { database } = await counted();
  const heard = Promise.withResolvers<string>();
  const listener = await database.executor.listen?.("news", heard.resolve, () => {});
  await database.transaction(({ kysely }) => sql`select pg_notify('news', 'hello')`.execute(kysely));
  expect(await heard.promise).toBe("hello");
  await listener?.close();
});

test("closing finishes what was asked for before, refuses what comes after, and can be done twice", async () => {
  const dataDir = await temporaryDataDir();
  const database = await temporaryDatabase<Schema>({ dataDir });
  await database.executor.executeSql("create table counted (number int)");
  const before = database.kysely.insertInto("counted").values({ number: 1 }).execute();
  const closing = database.close();
  expect(database.close()).toBe(closing);
  await Promise.all([before, closing]);
  const closed = { code: "DATABASE_CLOSED" };
  await expect(database.kysely.selectFrom("counted").selectAll().execute()).rejects.toMatchObject(closed);
  await expect(database.transaction(async () => {})).rejects.toMatchObject(closed);
  await expect(database.executor.executeSql("select 1")).rejects.toMatchObject(closed);

  const reopened = await temporaryDatabase<Schema>({ dataDir });
  expect(await reopened.kysely.selectFrom("counted").selectAll().execute()).toEqual([{ number: 1 }]);
});
