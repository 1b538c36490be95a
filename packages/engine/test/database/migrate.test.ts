import { type Kysely, sql } from "kysely";
import { expect, test } from "vitest";
import { migrate } from "../../src/database/migrate.ts";
import { openPglite } from "../../src/database/pglite.ts";
import { temporaryDatabase, temporaryDataDir } from "./temporary-database.ts";

const first = {
  "0001-videos": {
    up: async (kysely: Kysely<unknown>) => {
      await kysely.schema.createTable("videos").addColumn("id", "text").execute();
    },
  },
};
const second = {
  ...first,
  "0002-prompt": {
    up: async (kysely: Kysely<unknown>) => {
      await kysely.schema.alterTable("videos").addColumn("prompt", "text").execute();
    },
  },
};

test("each migration runs once, in the order of the names", async () => {
  const { kysely } = await temporaryDatabase();
  expect(await migrate(kysely, first)).toEqual(["0001-videos"]);
  expect(await migrate(kysely, second)).toEqual(["0002-prompt"]);
  expect(await migrate(kysely, second)).toEqual([]);
});

test("starting at once, one migrates and the others find it done", async () => {
  const { kysely } = await temporaryDatabase();
  const ran = await Promise.all([migrate(kysely, second), migrate(kysely, second), migrate(kysely, second)]);
  expect(ran.flat()).toEqual(Object.keys(second));
});

test("opening brings the database up to date", async () => {
  const { executor } = await temporaryDatabase({ migrations: second });
  expect(await executor.executeSql("select prompt from videos")).toMatchObject({ rows: [] });
});

test("a database of a newer release is refused and left as it is", async () => {
  const dataDir = await temporaryDataDir();
  await (await temporaryDatabase({ dataDir, migrations: second })).close();
  await expect(openPglite({ dataDir, migrations: first })).rejects.toMatchObject({
    code: "DATABASE_TOO_NEW",
    message: expect.stringContaining("0002-prompt"),
  });
  await temporaryDatabase({ dataDir, migrations: second });
});

test("a migration that throws undoes all that ran with it", async () => {
  const { kysely } = await temporaryDatabase();
  const broken = {
    ...second,
    "0003-broken": { up: (kysely: Kysely<unknown>) => sql`select 1/0`.execute(kysely).then(() => {}) },
  };
  await expect(migrate(kysely, broken)).rejects.toMatchObject({
    code: "MIGRATION_FAILED",
    message: expect.stringContaining("0003-broken"),
    cause: expect.objectContaining({ code: "22012" }),
  });
  expect(await migrate(kysely, second)).toEqual(Object.keys(second));
});
