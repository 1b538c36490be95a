/** The stable codes of `DatabaseError`, each with what it means. */
export const DATABASE_ERROR_CODES = {
  DATA_DIR_IN_USE: "Another process holds the data directory. Nothing was touched.",
  DATA_DIR_UNUSABLE:
    "The data directory cannot be made, read or written, was made by another PostgreSQL version, or what is in it is damaged.",
  DATABASE_UNREACHABLE:
    "PostgreSQL cannot be reached, or the connection to it was lost. What was under way may or may not have been saved.",
  DATABASE_REFUSED:
    "PostgreSQL refuses: a wrong password, a database or user that does not exist, rights that are missing, an address that is none, or a version that is too old.",
  DATABASE_TOO_NEW: "A newer release has migrated this database; this one would misread it.",
  MIGRATION_FAILED: "A migration failed. It was rolled back, and the database is as it was.",
  OUTER_QUERY_IN_TRANSACTION:
    "Code running inside a transaction used the outer connection and would have waited for itself for ever: a mistake of ours.",
  NODES_DISAGREE:
    "Other nodes of this database are set up differently: they keep files elsewhere, or have videos made by another upstream. Nothing was touched.",
  DATABASE_IN_USE:
    "A gateway uses the database that is to be exported, or imported into, or another import does. Nothing was changed.",
  DATABASE_MISSING: "There is no embedded database to export where one was looked for.",
  DATABASE_NOT_EMPTY: "The database to import into has videos, API keys or budgets already. Nothing was changed.",
  EXPORT_UNREADABLE: "The file to import is no export, is cut off, or is damaged. Nothing was changed.",
  EXPORT_OTHER_RELEASE:
    "The file to import was exported by an older or newer release, whose rows do not fit. Nothing was changed.",
  DATABASE_CLOSED:
    "It was used after it was closed, or after the embedded database stopped by itself (a full or failing disk). What was not committed by then is not there.",
} as const;
export type DatabaseErrorCode = keyof typeof DATABASE_ERROR_CODES;

/** A database that cannot be used, with a stable `code` and a message of one line that says what to do. */
export class DatabaseError extends Error {
  override readonly name = "DatabaseError";
  readonly code: DatabaseErrorCode;

  constructor(code: DatabaseErrorCode, message: string, options?: ErrorOptions) {
    super(message.replaceAll(/\s*\n\s*/g, " "), options);
    this.code = code;
  }
}
