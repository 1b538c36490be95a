import { sql } from "kysely";
import { describe, expect, test } from "vitest";
import { DATABASE_KINDS, type DatabaseKind, emptyDatabase } from "./temporary-database.ts";

interface Schema {
  counted: { number: number };
}

async function counted(kind: DatabaseKind) {
  const database = await emptyDatabase<Schema>(kind);
  await database.executor.executeSql("create table counted (number int primary key)");
  const numbers = async () =>
    (await database.kysely.selectFrom("counted").selectAll().orderBy("number").execute()).map((row) => row.number);
  return { database, numbers };
}

describe.each(DATABASE_KINDS)("what every database promises: %s", (kind) => {
  test("rows hold what the port promises", async () => {
    const { kysely } = await emptyDatabase(kind);
    const written = new Date("2026-01-02T03:04:05.678Z");
    const { rows } = await sql<{ bytes: Uint8Array }>`
      select ${written}::timestamptz as moment, 'infinity'::timestamptz as never, ${7}::int4 as int4, ${2 ** 40}::int8 as int8,
        count(*) as count, ${1.5}::float8 as float8, ${"1.10"}::numeric as numeric, ${true}::bool as bool, ${null}::text as none,
        ${JSON.stringify([{ a: 1 }])}::jsonb as jsonb, ${["a", "b"]}::text[] as texts, ${new Uint8Array([1, 255])}::bytea as bytes
    `.execute(kysely);
    expect(rows.map((row) => ({ ...row, bytes: Uint8Array.from(row.bytes) }))).toEqual([
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
    const { database, numbers } = await counted(kind);
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
    const { database, numbers } = await counted(kind);
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
    const { database, numbers } = await counted(kind);
    const script = database.executor.executeSql("begin; insert into counted values (1); select 1/0; commit;");
    const behind = database.transaction(({ kysely }) => kysely.insertInto("counted").values({ number: 2 }).execute());
    await expect(script).rejects.toMatchObject({ code: "22012" });
    await behind;
    expect(await numbers()).toEqual([2]);
  });
});
