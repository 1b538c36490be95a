import pg from "pg";
import { parseInt8 } from "./database.ts";
import { DatabaseError } from "./database-error.ts";
import { translatePgError } from "./postgres-error.ts";

const INT8 = 20;

/** Reads columns as `EngineDatabase` promises; everything not named here is `pg`'s own way. */
const types: pg.CustomTypesConfig = {
  getTypeParser: (oid: number, format?: "text" | "binary") =>
    oid === INT8 && format !== "binary" ? parseInt8 : pg.types.getTypeParser(oid, format),
};

/** Settings of every connection that the engine makes. */
export function connectionConfig(url: string) {
  return {
    connectionString: url,
    application_name: "reelwire",
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    types,
  } satisfies pg.ClientConfig;
}

/** A pool whose errors are told apart where they arise (see `translatePgError`), and which survives those of its connections. */
export class GuardedPool {
  readonly #pool: pg.Pool;

  /** `onIdleError` hears of a connection that was lost while nobody used it; another is made when one is needed. */
  constructor(config: pg.PoolConfig, onIdleError: (error: Error) => void) {
    this.#pool = new pg.Pool(config);
    this.#pool.on("error", onIdleError);
    // A server that goes down may say so in the packet that completes the connection, between the pool's listening and ours:
    // an error event that nobody hears would end the process. Whoever gets this connection finds out with the first query.
    this.#pool.on("connect", (client) => client.on("error", () => {}));
  }

  /** @throws {DatabaseError} `DATABASE_UNREACHABLE`, `DATABASE_CLOSED` */
  async connect(): Promise<GuardedConnection> {
    if (this.#pool.ending) throw new DatabaseError("DATABASE_CLOSED", "The database was used after it was closed.");
    try {
      return new GuardedConnection(await this.#pool.connect());
    } catch (error) {
      throw translatePgError(error);
    }
  }

  /** One statement, or a script without parameters, on any connection; one on which it fails is not used again. */
  async executeSql(text: string, parameters?: unknown[]): Promise<{ rows: unknown[] }> {
    const connection = await this.connect();
    try {
      return await connection.query(text, parameters);
    } catch (error) {
      // A script that fails midway leaves its transaction open.
      connection.discard();
      throw error;
    } finally {
      connection.release();
    }
  }

  end(): Promise<void> {
    return this.#pool.end();
  }
}

/** One connection, from when it is taken from the pool until it is released. */
export class GuardedConnection {
  readonly #client: pg.PoolClient;
  #broken = false;
  readonly #onError = () => this.discard();

  constructor(client: pg.PoolClient) {
    this.#client = client;
    client.on("error", this.#onError);
  }

  async query<Row extends pg.QueryResultRow>(
    text: string,
    parameters?: readonly unknown[],
  ): Promise<pg.QueryResult<Row>> {
    try {
      return await this.#client.query<Row>(text, parameters && [...parameters]);
    } catch (error) {
      const translated = translatePgError(error);
      // A query that was given up on may still be running there.
      if (translated !== error) this.discard();
      throw translated;
    }
  }

  /** Whether it is not to be used any more. */
  get broken(): boolean {
    return this.#broken;
  }

  /** Has the connection closed when it is released. */
  discard(): void {
    this.#broken = true;
  }

  release(): void {
    this.#client.removeListener("error", this.#onError);
    this.#client.release(this.#broken);
  }
}
