import { Kysely } from "kysely";
import { fromKysely } from "pg-boss";
import type { Logger } from "../logger.ts";
import { silentLogger } from "../logger.ts";
import type { EngineDatabase } from "./database.ts";
import { DatabaseError } from "./database-error.ts";
import { type Migrations, migrate } from "./migrate.ts";
import { guardedPostgresDialect } from "./postgres-dialect.ts";
import { explainConnectFailure, explainMigrationFailure } from "./postgres-error.ts";
import { listenOnPostgres, type NotificationListener } from "./postgres-listener.ts";
import { connectionConfig, GuardedPool } from "./postgres-pool.ts";

/** Where the PostgreSQL server is, and how it is used. */
export interface PostgresDatabaseOptions {
  /** `postgres://user:password@host:port/database`, with `?sslmode=…` where that is wanted. */
  url: string;
  /** Brought up to date before `openPostgres` resolves. Default: none. */
  migrations?: Migrations;
  /** Connections for queries; two more are made for heartbeats, and one for each `listen`. Default: 10. */
  maxConnections?: number;
  /** Where lost connections are told of. Default: nowhere. */
  log?: Logger;
}

/** A PostgreSQL server that other nodes may share. */
export interface PostgresDatabase<Schema> extends EngineDatabase<Schema> {
  readonly kind: "postgres";
  /** Hears what is notified on a channel, over a connection of its own; see `listenOnPostgres`. */
  listen(channel: string, listener: NotificationListener, log: Logger): Promise<() => Promise<void>>;
}

/** The oldest version that pg-boss works with, as `server_version_num` has it. */
const OLDEST_VERSION = 130_000;

/**
 * How long a statement may take, in milliseconds. The server ends it first; the longer limit is for one that no longer
 * answers.
 */
const STATEMENT_TIMEOUT_MS = 10_000;
const ANSWER_TIMEOUT_MS = 12_000;
/** The same for heartbeats: what is later than a lease is of no use. */
const HEARTBEAT_TIMEOUT_MS = 3_000;
/** How long a transaction may lie idle before its locks are taken from it: its process was paused, and others wait for them. */
const IDLE_TRANSACTION_MS = 3_000;
/** The same for heartbeats, whose lock all other nodes wait for: soon enough that none of them misses its own. */
const IDLE_HEARTBEAT_MS = 1_000;

/** After this a connection is made anew, so that all of them find where the name leads now. */
const LONGEST_LIFE_SECONDS = 600;

/**
 * Connects to PostgreSQL and migrates it; nodes that start at the same time take turns. Lost connections are replaced; a
 * query that meets one fails with `DATABASE_UNREACHABLE`.
 *
 * @throws {DatabaseError} `DATABASE_UNREACHABLE`, `DATABASE_REFUSED`, `DATABASE_TOO_NEW`, `MIGRATION_FAILED`
 */
export async function openPostgres<Schema>(options: PostgresDatabaseOptions): Promise<PostgresDatabase<Schema>> {
  const { url, log = silentLogger } = options;
  await prepare(url, options.migrations ?? {}, log);

  const onIdleError = (error: Error) => log.warn({ reason: error.message }, "a connection to PostgreSQL was lost");
  const pool = new GuardedPool(
    {
      ...connectionConfig(url),
      max: options.maxConnections ?? 10,
      maxLifetimeSeconds: LONGEST_LIFE_SECONDS,
      statement_timeout: STATEMENT_TIMEOUT_MS,
      query_timeout: ANSWER_TIMEOUT_MS,
      idle_in_transaction_session_timeout: IDLE_TRANSACTION_MS,
    },
    onIdleError,
  );
  const heartbeatPool = new GuardedPool(
    {
      ...connectionConfig(url),
      max: 2,
      connectionTimeoutMillis: HEARTBEAT_TIMEOUT_MS,
      maxLifetimeSeconds: LONGEST_LIFE_SECONDS,
      statement_timeout: HEARTBEAT_TIMEOUT_MS,
      query_timeout: HEARTBEAT_TIMEOUT_MS,
      idle_in_transaction_session_timeout: IDLE_HEARTBEAT_MS,
    },
    onIdleError,
  );
  const kysely = new Kysely<Schema>({ dialect: guardedPostgresDialect(pool) });
  const heartbeat = new Kysely<Schema>({ dialect: guardedPostgresDialect(heartbeatPool) });
  let closing: Promise<void> | undefined;

  return {
    kind: "postgres",
    kysely,
    heartbeat,
    executor: { executeSql: (text, parameters) => pool.executeSql(text, parameters) },
    transaction: inTransactionOf(kysely),
    heartbeatTransaction: inTransactionOf(heartbeat),
    listen: (channel, listener, listenerLog) => listenOnPostgres(url, channel, listener, listenerLog),
    close: () => (closing ??= Promise.all([pool.end(), heartbeatPool.end()]).then(() => {})),
  };
}

function inTransactionOf<Schema>(kysely: Kysely<Schema>): EngineDatabase<Schema>["transaction"] {
  return (work) =>
    kysely.transaction().execute((transaction) => work({ kysely: transaction, executor: fromKysely(transaction) }));
}

/** Connects for the first time, and migrates: over connections of its own, since a migration may take longer than a statement. */
async function prepare(url: string, migrations: Migrations, log: Logger): Promise<void> {
  const address = parseUrl(url);
  const pool = new GuardedPool({ ...connectionConfig(url), max: 2 }, (error) =>
    log.warn({ reason: error.message }, "lost"),
  );
  try {
    const [version] = await pool
      .executeSql("SELECT current_setting('server_version_num')::int AS version")
      .then(({ rows }) => rows)
      .catch((error: unknown) => {
        throw explainConnectFailure(error, address);
      });
    assertVersion(version);
    await migrate(new Kysely({ dialect: guardedPostgresDialect(pool) }), migrations).catch((error: unknown) => {
      throw explainMigrationFailure(error, address);
    });
  } finally {
    await pool.end();
  }
}

function parseUrl(url: string): URL {
  const parsed = URL.parse(url);
  if (parsed === null || !["postgres:", "postgresql:"].includes(parsed.protocol)) {
    throw new DatabaseError(
      "DATABASE_REFUSED",
      "DATABASE_URL is not the address of a PostgreSQL database: write postgres://user:password@host:port/database, with special characters of the password percent-encoded.",
    );
  }
  return parsed;
}

function assertVersion(row: unknown): void {
  const version = typeof row === "object" && row !== null && "version" in row ? Number(row.version) : Number.NaN;
  if (version >= OLDEST_VERSION) return;
  throw new DatabaseError(
    "DATABASE_REFUSED",
    `The server is PostgreSQL ${Math.trunc(version / 10_000)}, and ${OLDEST_VERSION / 10_000} or newer is needed.`,
  );
}
