import { DatabaseError } from "../database/database-error.ts";
import { MOVED_TABLES, type MovedTableName, noRows, type RowCounts } from "./moved-tables.ts";

/**
 * An export is JSON Lines in UTF-8, each line ended by U+000A:
 *
 * ```
 * {"format":"reelwire-export","version":1,"migrations":["0001-videos",…],"rows":{"videos":2,…}}
 * {"videos":{"id":"…",…}}
 * {"video_events":{"video_id":"…",…}}
 * {"end":{"rows":{"videos":2,…},"sha256":"…"}}
 * ```
 *
 * The rows are what PostgreSQL's `row_to_json` makes of them, so that nothing passes through a JavaScript number or date.
 * The hash is of all bytes before the last line.
 */
const FORMAT = "reelwire-export";

/** Goes up when an older release could not read a file any more, or would misread it. */
const VERSION = 1;

/** The first line. */
export interface ExportHeader {
  /** The migrations of the database that was exported: its rows fit no other. */
  migrations: readonly string[];
  rows: RowCounts;
}

/** The last line. */
export interface ExportEnd {
  rows: RowCounts;
  /** In hexadecimal. */
  sha256: string;
}

/** A line between them. */
export interface ExportedRow {
  table: MovedTableName;
  /** As the file has it; not looked into. */
  json: string;
}

const PREFIXES = MOVED_TABLES.map(({ name }) => ({ table: name, prefix: `{"${name}":` }));

export function headerLine({ migrations, rows }: ExportHeader): string {
  return `${JSON.stringify({ format: FORMAT, version: VERSION, migrations, rows })}\n`;
}

export function rowLine({ table, json }: ExportedRow): string {
  return `{"${table}":${json}}\n`;
}

export function endLine(end: ExportEnd): string {
  return `${JSON.stringify({ end })}\n`;
}

/** @throws {DatabaseError} `EXPORT_UNREADABLE` for what is no export, `EXPORT_OTHER_RELEASE` for a later version of one */
export function parseHeader(line: string): ExportHeader {
  const header = parseObject(line);
  if (header?.format !== FORMAT) throw unreadable("is not what `reelwire export` writes");
  if (header.version !== VERSION) {
    throw new DatabaseError(
      "EXPORT_OTHER_RELEASE",
      `The file has version ${String(header.version).slice(0, 20)} of the format, and this release reads ${VERSION}: import it with the release that exported it.`,
    );
  }
  const { migrations } = header;
  const rows = parseCounts(header.rows);
  const isList = Array.isArray(migrations) && migrations.every((name) => typeof name === "string");
  if (!isList || rows === null) throw unreadable("is damaged in its first line");
  return { migrations, rows };
}

/** A row; `null`: the line has none. */
export function parseRow(line: string): ExportedRow | null {
  const found = PREFIXES.find(({ prefix }) => line.startsWith(prefix));
  return found === undefined ? null : { table: found.table, json: line.slice(found.prefix.length, -1) };
}

/** What the last line says; `null`: it is another line. */
export function parseEnd(line: string): ExportEnd | null {
  const end = objectOrNull(parseObject(line)?.end);
  const rows = parseCounts(end?.rows);
  return rows === null || typeof end?.sha256 !== "string" ? null : { rows, sha256: end.sha256 };
}

/** Why a file cannot be imported; `why` begins with what the file is or has. */
export function unreadable(why: string, options?: ErrorOptions): DatabaseError {
  return new DatabaseError(
    "EXPORT_UNREADABLE",
    `The file cannot be imported, since it ${why}. Export again; nothing was changed.`,
    options,
  );
}

/** What the lines may have that we look for, of whatever type. */
type Fields = Partial<
  Record<"format" | "version" | "migrations" | "rows" | "end" | "sha256" | MovedTableName, unknown>
>;

function parseObject(line: string): Fields | null {
  try {
    return objectOrNull(JSON.parse(line));
  } catch {
    return null;
  }
}

function objectOrNull(value: unknown): Fields | null {
  return typeof value === "object" && value !== null ? { ...value } : null;
}

function parseCounts(value: unknown): RowCounts | null {
  const given = objectOrNull(value);
  const rows = noRows();
  for (const { name } of MOVED_TABLES) {
    const count = given?.[name];
    if (typeof count !== "number" || !Number.isSafeInteger(count)) return null;
    rows[name] = count;
  }
  return rows;
}
