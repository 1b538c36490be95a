import type { PGlite } from "@electric-sql/pglite";
import {
  AbortedTransactionError,
  CompiledQuery,
  type DatabaseConnection,
  type Driver,
  PGliteAdapter,
  PGliteDialect,
  type QueryResult,
  type TransactionSettings,
} from "kysely";
import type { ConnectionGate } from "./connection-gate.ts";

/**
 * Kysely's PGlite dialect with another driver. Its own waits for ever where a `BEGIN` is refused and wakes every waiting
 * query for each one that ends; this one queues at `gate`, in order, together with pg-boss and the maintenance.
 */
export class GatedPgliteDialect extends PGliteDialect {
  readonly #pglite: PGlite;
  readonly #gate: ConnectionGate;

  constructor(pglite: PGlite, gate: ConnectionGate) {
    super({ pglite });
    this.#pglite = pglite;
    this.#gate = gate;
  }

  override createAdapter() {
    return new GatedPgliteAdapter();
  }

  override createDriver(): Driver {
    return new GatedPgliteDriver(this.#pglite, this.#gate);
  }
}

/** Keeps Kysely from queueing at a mutex of its own before ours. */
class GatedPgliteAdapter extends PGliteAdapter {
  override get supportsMultipleConnections() {
    return true;
  }
}

class GatedPgliteDriver implements Driver {
  readonly #pglite: PGlite;
  readonly #gate: ConnectionGate;

  constructor(pglite: PGlite, gate: ConnectionGate) {
    this.#pglite = pglite;
    this.#gate = gate;
  }

  async init() {}

  async destroy() {}

  async acquireConnection(): Promise<GatedPgliteConnection> {
    return new GatedPgliteConnection(this.#pglite, await this.#gate.acquire());
  }

  async releaseConnection(connection: GatedPgliteConnection) {
    await connection.release();
  }

  async beginTransaction(connection: GatedPgliteConnection, settings: TransactionSettings) {
    const isolation = settings.isolationLevel ? ` isolation level ${settings.isolationLevel}` : "";
    const access = settings.accessMode ? ` ${settings.accessMode}` : "";
    await connection.executeQuery(CompiledQuery.raw(`start transaction${isolation}${access}`));
  }

  async commitTransaction(connection: GatedPgliteConnection) {
    const { command } = await this.#pglite.query("commit");
    // PostgreSQL answers the COMMIT of a transaction in which a statement failed with ROLLBACK, and no error.
    if (command === "ROLLBACK") throw new AbortedTransactionError();
  }

  async rollbackTransaction(connection: GatedPgliteConnection) {
    await connection.executeQuery(CompiledQuery.raw("rollback"));
  }
}

class GatedPgliteConnection implements DatabaseConnection {
  readonly #pglite: PGlite;
  readonly #release: () => Promise<void>;

  constructor(pglite: PGlite, release: () => Promise<void>) {
    this.#pglite = pglite;
    this.#release = release;
  }

  release() {
    return this.#release();
  }


  async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    const { affectedRows, rows } = await this.#pglite.query<Row>(query.sql, [...query.parameters]);
    return { rows, ...(affectedRows === undefined ? {} : { numAffectedRows: BigInt(affectedRows) }) };
  }

  // biome-ignore lint/correctness/useYield: PGlite has no cursors to stream from.
  async *streamQuery(): AsyncIterableIterator<never> {
    throw new Error("PGlite cannot stream rows");
  }
}
