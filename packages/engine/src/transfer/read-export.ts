import { createHash } from "node:crypto";
import { type ExportedRow, type ExportHeader, parseEnd, parseHeader, parseRow, unreadable } from "./export-format.ts";
import { MOVED_TABLES, noRows } from "./moved-tables.ts";
import { splitLines } from "./split-lines.ts";

/** An export that is being read. */
export interface OpenedExport {
  header: ExportHeader;
  /**
   * Its rows, as they come. Until this has ended, nothing says that the file is whole and as it was written.
   *
   * @throws {DatabaseError} `EXPORT_UNREADABLE`
   */
  rows: AsyncGenerator<ExportedRow>;
}

/**
 * Reads the first line of an export.
 *
 * @throws {DatabaseError} `EXPORT_UNREADABLE`, `EXPORT_OTHER_RELEASE`
 */
export async function openExport(input: AsyncIterable<Uint8Array>): Promise<OpenedExport> {
  const lines = splitLines(input);
  const first = await lines.next();
  if (first.done) throw unreadable("is empty");
  const header = parseHeader(textOf(first.value));
  return { header, rows: readRows(header, first.value, lines) };
}

async function* readRows(
  header: ExportHeader,
  first: Uint8Array,
  lines: AsyncGenerator<Uint8Array>,
): AsyncGenerator<ExportedRow> {
  const hash = createHash("sha256").update(first).update("\n");
  const read = noRows();
  for await (const line of lines) {
    const text = textOf(line);
    const row = parseRow(text);
    if (row !== null) {
      hash.update(line).update("\n");
      read[row.table] += 1;
      yield row;
      continue;
    }
    const end = parseEnd(text);
    if (end === null || end.sha256 !== hash.digest("hex")) throw unreadable("is damaged");
    if (MOVED_TABLES.some(({ name }) => end.rows[name] !== read[name] || header.rows[name] !== read[name])) {
      throw unreadable("does not have the rows that it says it has");
    }
    if (!(await lines.next()).done) throw unreadable("goes on after its end");
    return;
  }
  throw unreadable("is cut off");
}

function textOf(line: Uint8Array): string {
  return Buffer.from(line.buffer, line.byteOffset, line.byteLength).toString("utf8");
}
