import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { migrations } from "../../src/database/migrations/index.ts";
import type { DatabaseErrorCode } from "../../src/index.ts";
import { headerLine } from "../../src/transfer/export-format.ts";
import { noRows } from "../../src/transfer/moved-tables.ts";
import { openExport } from "../../src/transfer/read-export.ts";
import { DATABASE_KINDS } from "../database/temporary-database.ts";
import { everyRow, exported, imported, inPieces, place, withDatabase } from "./databases.ts";
import { fillWithVariety } from "./varied-videos.ts";

let made: Promise<Buffer> | undefined;

/** An export of eight videos, made once. */
function wholeFile(): Promise<Buffer> {
  made ??= (async () => {
    const from = await place("pglite");
    await withDatabase(from, ({ kysely }) => fillWithVariety(kysely, { videos: 8 }));
    return await exported(from);
  })();
  return made;
}

/** The number of rows in a file, all of which was read. */
async function readThrough(bytes: Uint8Array): Promise<number> {
  const { rows } = await openExport(inPieces(bytes));
  let count = 0;
  for await (const _row of rows) count += 1;
  return count;
}

describe("a file is taken as it was written, and no other way", () => {
  test("whole", async () => {
    const file = await wholeFile();
    expect(await readThrough(file)).toBe(file.toString().split("\n").length - 3);
  });

  test("cut off anywhere, it is refused", async () => {
    const file = await wholeFile();
    const taken: number[] = [];
    for (let length = 0; length < file.length; length += 1) {
      // Of the rows before the cut nothing depends on where it is.
      if (length > 2_000 && length < file.length - 500 && length % 97 > 0) continue;
      await readThrough(file.subarray(0, length)).then(
        () => taken.push(length),
        (error: unknown) => expect(error).toMatchObject({ name: "DatabaseError" }),
      );
    }
    expect(taken).toEqual([]);
  });

  test("with any bit of its ends flipped, or any hundredth of what is between, it is refused", async () => {
    const file = await wholeFile();
    const taken: number[] = [];
    for (let bit = 0; bit < file.length * 8; bit += 1) {
      const byte = bit >> 3;
      if (byte > 300 && byte < file.length - 300 && bit % 101 > 0) continue;
      const flipped = Buffer.from(file);
      flipped[byte] = (flipped[byte] ?? 0) ^ (1 << (bit & 7));
      await readThrough(flipped).then(
        () => taken.push(bit),
        (error: unknown) => expect(error).toMatchObject({ name: "DatabaseError" }),
      );
    }
    expect(taken).toEqual([]);
  });
});

/** A file as the given header would begin it, and nothing more. */
const begun = (migrations: readonly string[]) => Buffer.from(headerLine({ migrations, rows: noRows() }));
const without = (file: Buffer, index: number) =>
  Buffer.from(file.toString().split("\n").toSpliced(index, 1).join("\n"));
const replaced = (file: Buffer, what: string | RegExp, by: string) => Buffer.from(file.toString().replace(what, by));

const refused: readonly [string, (file: Buffer) => Uint8Array, DatabaseErrorCode][] = [
  ["an empty file", () => Buffer.alloc(0), "EXPORT_UNREADABLE"],
  ["an empty line", () => Buffer.from("\n"), "EXPORT_UNREADABLE"],
  ["a text", () => Buffer.from("videos\n1\n2\n"), "EXPORT_UNREADABLE"],
  ["another program's JSON Lines", () => Buffer.from('{"format":"other"}\n{"id":1}\n'), "EXPORT_UNREADABLE"],
  ["a list", () => Buffer.from("[1]\nnull\n"), "EXPORT_UNREADABLE"],
  ["a compressed one", (file) => gzipSync(file), "EXPORT_UNREADABLE"],
  ["one without its last line", (file) => file.subarray(0, file.lastIndexOf("\n", -2) + 1), "EXPORT_UNREADABLE"],
  ["one without a row in its midst", (file) => without(file, 5), "EXPORT_UNREADABLE"],
  ["two, one after the other", (file) => Buffer.concat([file, file]), "EXPORT_UNREADABLE"],
  ["one with a column missing", (file) => replaced(file, /"status":"[A-Z]+",/, ""), "EXPORT_UNREADABLE"],
  ["one with a row that is none", (file) => replaced(file, /^\{"videos":.*$/m, '{"videos":7}'), "EXPORT_UNREADABLE"],
  ["one with an id that is none", (file) => replaced(file, /"id":"\w+/, '"id":"'), "EXPORT_UNREADABLE"],
  ["a later version of the format", (file) => replaced(file, '"version":1', '"version":2'), "EXPORT_OTHER_RELEASE"],
  ["one of a newer release", () => begun([...Object.keys(migrations), "9999-later"]), "EXPORT_OTHER_RELEASE"],
  ["one of an older release", () => begun(["0001-videos"]), "EXPORT_OTHER_RELEASE"],
];

describe.each(DATABASE_KINDS)("what is refused leaves the database as it was: %s", (kind) => {
  test("all of these", async () => {
    const file = await wholeFile();
    const into = await place(kind);
    await withDatabase(into, ({ kysely }) =>
      kysely.insertInto("secrets").values({ name: "file-signature", value: "made there" }).execute(),
    );
    const before = await everyRow(into);
    for (const [name, bytes, code] of refused) {
      const error: unknown = await imported(into, bytes(file)).catch((thrown: unknown) => thrown);
      expect(error, name).toMatchObject({ name: "DatabaseError", code });
      expect(error instanceof Error && error.message, name).toMatch(/^[^\n]+\.$/);
    }
    expect(await everyRow(into)).toEqual(before);
    expect(await imported(into, file)).toMatchObject({ videos: 8 });
  });
});
