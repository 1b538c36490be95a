import pg from "pg";
import { DatabaseError } from "./database-error.ts";

/** SQLSTATEs that say that the connection, or the server, is going or not there yet; by their beginnings. */
const GOING = ["08", "57P", "53300", "25P03", "25006"];
/** SQLSTATEs by which a server refuses for good who connects, or what they may do. */
const REFUSED = ["28", "3D000", "3F000", "42501"];

/**
 * What an error of the `pg` driver means. Where the server answered, the error stays as it is. Everything else that the driver
 * throws is about its connection, and becomes `DATABASE_UNREACHABLE`, since most of it has no code to tell it by.
 */
export function translatePgError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof DatabaseError) return error;
  // What cannot be written or read as a value.
  if (error instanceof TypeError || error instanceof RangeError) return error;
  const { code } = error instanceof pg.DatabaseError ? error : { code: undefined };
  if (error instanceof pg.DatabaseError && !GOING.some((beginning) => code?.startsWith(beginning))) return error;
  return new DatabaseError(
    "DATABASE_UNREACHABLE",
    `The connection to PostgreSQL was lost, or cannot be made: ${error.message}.`,
    { cause: error },
  );
}

/** Why PostgreSQL cannot be used at all, in one line without the password. */
export function explainConnectFailure(error: unknown, url: URL): DatabaseError {
  const where = `PostgreSQL at ${url.hostname || "the local socket"}${url.port === "" ? "" : `:${url.port}`}`;
  const cause = error instanceof DatabaseError ? error.cause : error;
  const reason = cause instanceof Error ? reasonOf(cause) : String(cause);
  if (isRefusal(cause)) {
    return new DatabaseError(
      "DATABASE_REFUSED",
      `${where} refuses: ${reason}. Correct DATABASE_URL, or what it names.`,
      {
        cause: error,
      },
    );
  }
  return new DatabaseError(
    "DATABASE_UNREACHABLE",
    `${where} cannot be reached (${reason}). Start it, or correct DATABASE_URL.`,
    { cause: error },
  );
}

/** Why the migrations failed, where that was not their own fault. */
export function explainMigrationFailure(error: unknown, url: URL): unknown {
  const cause = error instanceof DatabaseError && error.code === "MIGRATION_FAILED" ? error.cause : error;
  const isUnreachable = cause instanceof DatabaseError && cause.code === "DATABASE_UNREACHABLE";
  return isUnreachable || isRefusal(cause) ? explainConnectFailure(cause, url) : error;
}

function isRefusal(error: unknown): boolean {
  return error instanceof pg.DatabaseError && REFUSED.some((beginning) => error.code?.startsWith(beginning));
}

/** `connect` to a name with several addresses fails with an empty message and an error for each. */
function reasonOf(error: Error): string {
  if (error instanceof AggregateError) {
    const reasons = error.errors.map((one) => (one instanceof Error ? one.message : String(one)));
    return [...new Set(reasons)].join("; ");
  }
  return error.message;
}
