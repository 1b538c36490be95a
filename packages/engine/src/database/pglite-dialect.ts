import {
  AbortedTransactionError,
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  PGliteAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
  type TransactionSettings,
} from "kysely";
import type { ConnectionGate } from "./connection-gate.ts";
import type { PgliteConnection } from "./pglite-connection.ts";

/**
 * Kysely's PGlite dialect with another driver. Its own waits for ever where a `BEGIN` is refused and wakes every waiting
 * query for each one that ends; this one queues at `gate`, in order, together with pg-boss and the maintenance.
 */
export function gatedPgliteDialect(connection: PgliteConnection, gate: ConnectionGate): Dialect {
  return {
    createAdapter: () => new GatedPgliteAdapter(),
    createDriver: () => new GatedPgliteDriver(connection, gate),
    createIntrospector: (kysely) => new PostgresIntrospector(kysely),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  };
}

class GatedPgliteAdapter extends PGliteAdapter {
  /** Not really; but Kysely would queue at a mutex of its own before ours. */
  override get supportsMultipleConnections() {
    return true;
  }
}

class GatedPgliteDriver implements Driver {
  readonly #connection: PgliteConnection;
  readonly #gate: ConnectionGate;

  constructor(connection: PgliteConnection, gate: ConnectionGate) {
    this.#connection = connection;
    this.#gate = gate;
  }

  async init() {}

  async destroy() {}

  async acquireConnection() {
    return new GatedPgliteConnection(this.#connection, await this.#gate.acquire());
  }

  async releaseConnection(connection: GatedPgliteConnection) {
    await connection.release();
  }

  async beginTransaction(connection: GatedPgliteConnection, settings: TransactionSettings) {
    const isolation = settings.isolationLevel ? ` isolation level ${settings.isolationLevel}` : "";
    const access = settings.accessMode ? ` ${settings.accessMode}` : "";
    await connection.executeQuery(CompiledQuery.raw(`start transaction${isolation}${access}`));
  }

  async commitTransaction() {
    const { command } = await this.#connection.query("commit");
    // PostgreSQL answers the COMMIT of a transaction in which a statement failed with ROLLBACK, and no error.
    if (command === "ROLLBACK") throw new AbortedTransactionError();
  }

  async rollbackTransaction(connection: GatedPgliteConnection) {
    await connection.executeQuery(CompiledQuery.raw("rollback"));
  }
}

/** The connection, for one turn. */
class GatedPgliteConnection implements DatabaseConnection {
  readonly #connection: PgliteConnection;
  readonly release: () => Promise<void>;

  constructor(connection: PgliteConnection, release: () => Promise<void>) {
    this.#connection = connection;
    this.release = release;
  }

  async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    const { affectedRows, rows } = await this.#connection.query<Row>(query.sql, query.parameters);
    return affectedRows === undefined ? { rows } : { rows, numAffectedRows: BigInt(affectedRows) };
  }

  streamQuery(): never {
    throw new Error("PGlite has no cursors to stream from");
  }
}
