import { inspect } from "node:util";
import { type PostgresServer, startPostgres } from "@reelwire/postgres-for-tests";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { DatabaseError } from "../../src/database/database-error.ts";
import { openPostgres } from "../../src/database/postgres.ts";
import { networkTo } from "./database-network.ts";
import { asSuperuser, cutConnections, postgresUrl } from "./postgres-url.ts";

interface Schema {
  counted: { number: number };
}

const PASSWORD = "open-sesame";

async function open(url: string, maxConnections = 10) {
  const database = await openPostgres<Schema>({ url, maxConnections });
  onTestFinished(() => database.close());
  return database;
}

async function counted(url: string, maxConnections?: number) {
  const database = await open(url, maxConnections);
  await database.executor.executeSql("create table counted (number int primary key)");
  const numbers = async () =>
    (await database.kysely.selectFrom("counted").selectAll().orderBy("number").execute()).map((row) => row.number);
  return { database, numbers };
}

/** Why it could not be opened. */
async function refusal(url: string): Promise<DatabaseError> {
  const error = await openPostgres({ url }).then(
    (database) => database.close(),
    (reason: unknown) => reason,
  );
  if (!(error instanceof DatabaseError)) throw new Error(`opened, or failed with ${String(error)}`);
  return error;
}

describe("a database that cannot be used says so in one line, without the password", () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
    await server.query(`CREATE ROLE ada LOGIN PASSWORD '${PASSWORD}'`);
    await server.query("CREATE ROLE sleeper NOLOGIN");
    await server.query("CREATE ROLE poor LOGIN");
    await server.query("GRANT ALL ON SCHEMA public TO ada");
    // Whoever is called ada needs a password; all others are trusted, as by default here.
    const [row] = await server.query<{ hba_file: string }>("SHOW hba_file");
    const rules = ["host all ada 127.0.0.1/32 scram-sha-256", "host all all 127.0.0.1/32 trust"];
    await server.query(`COPY (SELECT unnest(ARRAY['${rules.join("','")}'])) TO '${row?.hba_file}'`);
    await server.query("SELECT pg_reload_conf()");
    await vi.waitFor(async () => expect((await refusal(address("ada:wrong"))).code).toBe("DATABASE_REFUSED"));
  });
  afterAll(() => server[Symbol.asyncDispose]());

  const address = (user: string, database = "postgres", port = server.port): string =>
    `postgres://${user}@127.0.0.1:${port}/${database}`;

  test("the right password opens it", async () => {
    const { kysely } = await open(address(`ada:${PASSWORD}`));
    expect((await sql`select current_user as user`.execute(kysely)).rows).toEqual([{ user: "ada" }]);
  });

  const refusals: readonly [name: string, url: () => string, code: string, says: string][] = [
    ["a wrong password", () => address(`ada:not-${PASSWORD}`), "DATABASE_REFUSED", "password authentication failed"],
    ["a user that does not exist", () => address(`bob:${PASSWORD}`), "DATABASE_REFUSED", '"bob" does not exist'],
    ["a user who may not log in", () => address(`sleeper:${PASSWORD}`), "DATABASE_REFUSED", "not permitted to log in"],
    ["a database that does not exist", () => address("postgres", "none"), "DATABASE_REFUSED", '"none" does not exist'],
    ["a port where nobody listens", () => address("postgres", "postgres", 1), "DATABASE_UNREACHABLE", "ECONNREFUSED"],
    ["a host that does not exist", () => "postgres://u@host.invalid/d", "DATABASE_UNREACHABLE", "host.invalid"],
    ["no address", () => "nonsense", "DATABASE_REFUSED", "postgres://user:password@host:port/database"],
    ["a password that is not encoded", () => `postgres://u:${PASSWORD}#1@h/d`, "DATABASE_REFUSED", "percent-encoded"],
    ["another kind of address", () => `mysql://u:${PASSWORD}@127.0.0.1:1/d`, "DATABASE_REFUSED", "postgres://"],
    ["an address without its beginning", () => "localhost:1/d", "DATABASE_REFUSED", "postgres://"],
  ];
  test.each(refusals)("%s", async (_, url, code, says) => {
    const error = await refusal(url());
    expect(error).toMatchObject({ code, message: expect.stringContaining(says) });
    expect(error.message).not.toContain("\n");
    expect(inspect(error, { depth: 10 })).not.toContain(PASSWORD);
  });

  test("a server that is going down, or coming up, cannot be reached", async () => {
    await server.stop();
    expect(await refusal(address("postgres"))).toMatchObject({ code: "DATABASE_UNREACHABLE" });
    await server.start();
    await open(address("postgres"));
  });

  test("a user without the rights to migrate", async () => {
    const migrations = { "0001": { up: async () => {} } };
    const opening = openPostgres({ url: address("poor"), migrations });
    await expect(opening).rejects.toMatchObject({
      code: "DATABASE_REFUSED",
      message: expect.stringContaining("permission"),
    });
  });
});

describe("a connection that is lost", () => {
  test("while nobody uses it is replaced", async () => {
    const url = await postgresUrl({ empty: true });
    const { numbers } = await counted(url);
    for (let times = 0; times < 3; times += 1) {
      await Promise.all(Array.from({ length: 5 }, numbers));
      await cutConnections(url);
      // As long as it has not been noticed, queries still meet one.
      await vi.waitFor(async () => {
        const found = await numbers().catch((error: unknown) => error);
        if (found instanceof Error) expect(found).toMatchObject({ code: "DATABASE_UNREACHABLE" });
        expect(found).toEqual([]);
      });
    }
  });

  test("under a query fails it with DATABASE_UNREACHABLE, and the next one works", async () => {
    const url = await postgresUrl({ empty: true });
    const { database, numbers } = await counted(url);
    const asleep = sql`select pg_sleep(60)`.execute(database.kysely);
    const asleepToo = database.executor.executeSql("select pg_sleep(60)");
    await vi.waitFor(async () => {
      const rows = await asSuperuser("SELECT pid FROM pg_stat_activity WHERE query LIKE 'select pg_sleep%'");
      expect(rows).toHaveLength(2);
    });
    await Promise.all([
      expect(asleep).rejects.toMatchObject({ code: "DATABASE_UNREACHABLE" }),
      expect(asleepToo).rejects.toMatchObject({ code: "DATABASE_UNREACHABLE" }),
      cutConnections(url),
    ]);
    expect(await numbers()).toEqual([]);
  });

  test.each(["by the server", "by the network"] as const)("%s within a transaction undoes it", async (by) => {
    const url = await postgresUrl({ empty: true });
    const network = await networkTo(url);
    // On a single connection, so that it is this one that is replaced.
    const { database, numbers } = await counted(network.url, 1);
    const undone = database.transaction(async ({ kysely }) => {
      await kysely.insertInto("counted").values({ number: 1 }).execute();
      if (by === "by the server") await cutConnections(url);
      else network.cut();
      await kysely.insertInto("counted").values({ number: 2 }).execute();
    });
    await expect(undone).rejects.toMatchObject({ code: "DATABASE_UNREACHABLE" });
    expect(await numbers()).toEqual([]);

    // What did not notice that it was cut off fails when it commits.
    const uncommitted = database.transaction(async ({ kysely }) => {
      await kysely.insertInto("counted").values({ number: 3 }).execute();
      await cutConnections(url);
    });
    await expect(uncommitted).rejects.toMatchObject({ code: "DATABASE_UNREACHABLE" });
    expect(await numbers()).toEqual([]);
  });

  test("for a while fails what needs it, heartbeats too, and they work again once it is back", async () => {
    const network = await networkTo(await postgresUrl({ empty: true }));
    const { database, numbers } = await counted(network.url);
    await network.goDown();
    const unreachable = { code: "DATABASE_UNREACHABLE" };
    await expect(numbers()).rejects.toMatchObject(unreachable);
    await expect(database.transaction(async () => {})).rejects.toMatchObject(unreachable);
    await expect(database.heartbeatTransaction(async () => {})).rejects.toMatchObject(unreachable);
    await expect(database.executor.executeSql("select 1")).rejects.toMatchObject(unreachable);
    await network.comeUp();
    expect(await numbers()).toEqual([]);
    expect(await database.heartbeatTransaction(async () => "done")).toBe("done");
  });
});

test("heartbeats wait behind nobody", async () => {
  const { database } = await counted(await postgresUrl({ empty: true }), 2);
  const release = Promise.withResolvers<void>();
  const busy = Array.from({ length: 5 }, () => database.transaction(() => release.promise));
  await database.heartbeatTransaction(({ kysely }) => sql`select 1`.execute(kysely));
  await sql`select 1`.execute(database.heartbeat);
  release.resolve();
  await Promise.all(busy);
});

test("a transaction whose process is paused loses its locks, and the process what it wanted to write", async () => {
  const url = await postgresUrl({ empty: true });
  const impatient = new URL(url);
  impatient.searchParams.set("idle_in_transaction_session_timeout", "200");
  const { database: paused, numbers } = await counted(impatient.href);
  const other = await open(url);
  const holds = Promise.withResolvers<void>();
  const continues = Promise.withResolvers<void>();
  const pausedWrites = paused.transaction(async ({ kysely }) => {
    await kysely.insertInto("counted").values({ number: 1 }).execute();
    holds.resolve();
    await continues.promise;
    await kysely.insertInto("counted").values({ number: 2 }).execute();
  });
  await holds.promise;
  // Waits for the lock of the same number.
  await other.kysely.insertInto("counted").values({ number: 1 }).execute();
  continues.resolve();
  await expect(pausedWrites).rejects.toMatchObject({ code: "DATABASE_UNREACHABLE" });
  expect(await numbers()).toEqual([1]);
});

test("closing finishes what is under way, refuses what comes after, and can be done twice", async () => {
  const url = await postgresUrl({ empty: true });
  const { database } = await counted(url);
  let closing = Promise.resolve();
  await database.transaction(async ({ kysely }) => {
    closing = database.close();
    expect(database.close()).toBe(closing);
    await kysely.insertInto("counted").values({ number: 1 }).execute();
  });
  await closing;
  const closed = { code: "DATABASE_CLOSED" };
  await expect(database.kysely.selectFrom("counted").selectAll().execute()).rejects.toMatchObject(closed);
  await expect(database.transaction(async () => {})).rejects.toMatchObject(closed);
  await expect(database.heartbeatTransaction(async () => {})).rejects.toMatchObject(closed);
  await expect(database.executor.executeSql("select 1")).rejects.toMatchObject(closed);
  const reopened = await open(url);
  expect(await reopened.kysely.selectFrom("counted").selectAll().execute()).toEqual([{ number: 1 }]);
});

test("closing ends while the database is away", async () => {
  const network = await networkTo(await postgresUrl({ empty: true }));
  const { database } = await counted(network.url);
  await network.goDown();
  await database.close();
  await expect(database.executor.executeSql("select 1")).rejects.toMatchObject({ code: "DATABASE_CLOSED" });
});
