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

test("rows hold what the port promises", async () => {
  const { kysely } = await temporaryDatabase();
  const written = new Date("2026-01-02T03:04:05.678Z");
  const { rows } = await sql`
    select ${written}::timestamptz as moment, 'infinity'::timestamptz as never, ${7}::int4 as int4, ${2 ** 40}::int8 as int8,
      count(*) as count, ${1.5}::float8 as float8, ${"1.10"}::numeric as numeric, ${true}::bool as bool, ${null}::text as none,
      ${JSON.stringify([{ a: 1 }])}::jsonb as jsonb, ${["a", "b"]}::text[] as texts, ${new Uint8Array([1, 255])}::bytea as bytes
  `.execute(kysely);
  expect(rows).toEqual([
    {
      moment: written,
      never: Number.POSITIVE_INFINITY,
      int4: 7,
      int8: 2 ** 40,
      count: 1,
      float8: 1.5,
      numeric: "1.10",
      bool: true,
      none: null,
      jsonb: [{ a: 1 }],
      texts: ["a", "b"],
      bytes: new Uint8Array([1, 255]),
    },
  ]);
  await expect(sql`select 9007199254740993 as int8`.execute(kysely)).rejects.toThrow(RangeError);
});

test("a transaction is all or nothing", async () => {
  const { database, numbers } = await counted();
  const result = await database.transaction(async ({ kysely, executor }) => {
    await kysely.insertInto("counted").values({ number: 1 }).execute();
    await executor.executeSql("insert into counted values ($1)", [2]);
    return "done";
  });
  expect(result).toBe("done");
  const thrown = new Error("changed my mind");
  const failing = database.transaction(async ({ kysely }) => {
    await kysely.insertInto("counted").values({ number: 3 }).execute();
    throw thrown;
  });
  await expect(failing).rejects.toBe(thrown);
  expect(await numbers()).toEqual([1, 2]);
});

test("an error in SQL undoes the transaction even when it is caught, and the next one is unharmed", async () => {
  const { database, numbers } = await counted();
  const aborted = database.transaction(async ({ kysely }) => {
    await kysely.insertInto("counted").values({ number: 1 }).execute();
    await kysely
      .insertInto("counted")
      .values({ number: 1 })
      .execute()
      .catch(() => {});
  });
  await expect(aborted).rejects.toMatchObject({ name: "AbortedTransactionError" });
  await database.kysely.insertInto("counted").values({ number: 2 }).execute();
  expect(await numbers()).toEqual([2]);
});

test("a script that fails midway leaves nothing open to those who wait behind it", async () => {
  const { database, numbers } = await counted();
  const script = database.executor.executeSql("begin; insert into counted values (1); select 1/0; commit;");
  const behind = database.transaction(({ kysely }) => kysely.insertInto("counted").values({ number: 2 }).execute());
  await expect(script).rejects.toMatchObject({ code: "22012" });
  await behind;
  expect(await numbers()).toEqual([2]);
});

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

test("a parameter that cannot be written fails alone", async () => {
  const { database } = await counted();
  const unwritable = sql`select ${{}}::int[]`.execute(database.kysely);
  const behind = sql<{ two: number }>`select ${2}::int as two`.execute(database.kysely);
  await expect(unwritable).rejects.toThrow(TypeError);
  expect((await behind).rows).toEqual([{ two: 2 }]);
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
