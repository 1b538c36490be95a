import type { Kysely, Transaction } from "kysely";
import type { Db } from "pg-boss";

/**
 * One PostgreSQL database, embedded or not, seen from the engine. Every driver behind it returns the same rows:
 *
 * | column | in a row | to write it |
 * | --- | --- | --- |
 * | `timestamptz` | `Date` (`±Infinity` as a number) | `Date` |
 * | `int2`, `int4`, `int8`, `count(*)` | `number`; an `int8` beyond 2^53 throws `RangeError` | `number` |
 * | `float4`, `float8` | `number` | `number` |
 * | `numeric` | `string` | `string` |
 * | `json`, `jsonb` | the parsed value | `JSON.stringify(value)`: drivers disagree about arrays |
 * | `bool`, `text`, `uuid` | `boolean`, `string`, `string` | the same |
 * | `bytea` | `Uint8Array` | `Uint8Array` |
 * | `text[]`, `uuid[]`, `int4[]` | array | array |
 *
 * Leave `date`, `timestamp` without time zone and `interval` alone: the drivers read them differently.
 */
export interface EngineDatabase<Schema> {
  /** What is behind it: PGlite in this process, or a PostgreSQL server that other nodes may share. */
  readonly kind: "pglite" | "postgres";

  /** Typed SQL. Each query outside `transaction` commits by itself. */
  readonly kysely: Kysely<Schema>;

  /**
   * The same rows as `kysely`, for what must happen in time: a server has a connection for it that waits behind nobody,
   * and each statement may take 3 s. The embedded database has only the one.
   */
  readonly heartbeat: Kysely<Schema>;

  /** The `db` to construct `PgBoss` with: runs its statements, and its `BEGIN; …; COMMIT` scripts, on any connection. */
  readonly executor: Db;

  /**
   * Runs `work` in one transaction: commits when it resolves, rolls back and rethrows when it throws. Whoever sees the
   * returned promise resolve may rely on the commit being on disk. After a statement has failed nothing can be saved:
   * where `work` resolves all the same, Kysely's `AbortedTransactionError` is thrown.
   *
   * Inside `work` use only what it is given: on one connection everything else waits for this transaction to end. Where
   * that would be for ever, an `OUTER_QUERY_IN_TRANSACTION` error is thrown instead.
   */
  transaction<Result>(work: (transaction: EngineTransaction<Schema>) => Promise<Result>): Promise<Result>;

  /** The same over the connection of `heartbeat`. */
  heartbeatTransaction<Result>(work: (transaction: EngineTransaction<Schema>) => Promise<Result>): Promise<Result>;

  /** Finishes what is under way, then releases everything. Safe to call twice. */
  close(): Promise<void>;
}

/** One open transaction, seen by Kysely and by pg-boss, so that a row and its job are saved together or not at all. */
export interface EngineTransaction<Schema> {
  /** Typed SQL within the transaction. */
  readonly kysely: Transaction<Schema>;

  /** Pass as `{ db }` to `boss.send`, `complete` and the like: they happen within the transaction. */
  readonly executor: Db;
}

/**
 * Reads an `int8` as every driver here shall.
 *
 * @throws {RangeError} beyond 2^53, where a number would silently be another one.
 */
export function parseInt8(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`int8 ${text} does not fit a number`);
  return value;
}
