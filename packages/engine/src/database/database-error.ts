/**
 * What stopped the database from being used. Part of the public list of codes.
 *
 * - `DATA_DIR_IN_USE`: another process holds the data directory. Nothing was touched.
 * - `DATA_DIR_UNUSABLE`: the directory cannot be created, read or written, was made by another PostgreSQL version, or
 *   what is in it is damaged.
 * - `DATABASE_TOO_NEW`: a newer release has migrated this database; this one would misread it.
 * - `MIGRATION_FAILED`: a migration threw; it was rolled back and the database is as it was.
 * - `OUTER_QUERY_IN_TRANSACTION`: code running inside `transaction` used the outer connection and would have waited for
 *   itself for ever. A mistake in the calling code.
 * - `DATABASE_CLOSED`: used after `close`, or after the embedded database stopped by itself (a full or failing disk);
 *   what was not committed by then is not there.
 */
export type DatabaseErrorCode =
  | "DATA_DIR_IN_USE"
  | "DATA_DIR_UNUSABLE"
  | "DATABASE_TOO_NEW"
  | "MIGRATION_FAILED"
  | "OUTER_QUERY_IN_TRANSACTION"
  | "DATABASE_CLOSED";

/** A database that cannot be used, with a stable `code` and a message of one line that says what to do. */
export class DatabaseError extends Error {
  override readonly name = "DatabaseError";
  readonly code: DatabaseErrorCode;

  constructor(code: DatabaseErrorCode, message: string, options?: ErrorOptions) {
    super(message.replaceAll(/\s*\n\s*/g, " "), options);
    this.code = code;
  }
}
