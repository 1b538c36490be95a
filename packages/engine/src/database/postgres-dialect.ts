import {
  AbortedTransactionError,
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
  type TransactionSettings,
} from "kysely";
import type { GuardedConnection, GuardedPool } from "./postgres-pool.ts";

/** Kysely's PostgreSQL dialect over a pool of ours, which tells lost connections from failed statements. */
export function guardedPostgresDialect(pool: GuardedPool): Dialect {
  return {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new GuardedPostgresDriver(pool),
    createIntrospector: (kysely) => new PostgresIntrospector(kysely),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  };
}

class GuardedPostgresDriver implements Driver {
  readonly #pool: GuardedPool;

  constructor(pool: GuardedPool) {
    this.#pool = pool;
  }

  async init() {}

  async destroy() {}

  async acquireConnection() {
    return new KyselyConnection(await this.#pool.connect());
  }

  async releaseConnection(connection: KyselyConnection) {
    connection.guarded.release();
  }

  async beginTransaction(connection: KyselyConnection, settings: TransactionSettings) {
    const isolation = settings.isolationLevel ? ` isolation level ${settings.isolationLevel}` : "";
    const access = settings.accessMode ? ` ${settings.accessMode}` : "";
    await connection.executeQuery(CompiledQuery.raw(`start transaction${isolation}${access}`));
  }

  async commitTransaction(connection: KyselyConnection) {
    const { command } = await connection.guarded.query("commit");
    // PostgreSQL answers the COMMIT of a transaction in which a statement failed with ROLLBACK, and no error.
    if (command === "ROLLBACK") throw new AbortedTransactionError();
  }

  async rollbackTransaction(connection: KyselyConnection) {
    // Where this fails the connection is gone, and the transaction with it. One that did not answer is not asked again.
    if (connection.guarded.broken) return;
    await connection.guarded.query("rollback").catch(() => connection.guarded.discard());
  }
}

class KyselyConnection implements DatabaseConnection {
  readonly guarded: GuardedConnection;

  constructor(guarded: GuardedConnection) {
    this.guarded = guarded;
  }

  async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    const { command, rowCount, rows } = await this.guarded.query<Row & object>(query.sql, query.parameters);
    const isChange = command === "INSERT" || command === "UPDATE" || command === "DELETE" || command === "MERGE";
    return isChange && rowCount !== null ? { rows, numAffectedRows: BigInt(rowCount) } : { rows };
  }

  streamQuery(): never {
    throw new Error("nothing here streams from the database");
  }
}
