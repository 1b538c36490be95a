import type { ByteRange } from "./archive.ts";

/**
 * Which bytes of a file a `Range` header asks for (RFC 9110, section 14). Not `range-parser`: that calls a suffix longer
 * than the file unsatisfiable, where the whole file is meant, and does not look at the unit.
 *
 * @param header the header's value; `undefined` where there is none
 * @param size of the file, in bytes
 * @returns `null`: ignore the header and answer 200 with everything, which is also the answer to several ranges at
 *   once, another unit or nonsense; `"unsatisfiable"`: answer 416; otherwise answer 206 with these bytes
 */
export function parseByteRange(header: string | undefined, size: number): ByteRange | "unsatisfiable" | null {
  const match = /^\s*bytes=\s*(\d*)-(\d*)\s*$/i.exec(header ?? "");
  if (!match) return null;
  const [, first = "", last = ""] = match;
  if (first === "" && last === "") return null;
  if (first === "") {
    const length = Math.min(Number(last), size);
    return length === 0 ? "unsatisfiable" : { start: size - length, end: size - 1 };
  }
  const start = Number(first);
  if (last !== "" && Number(last) < start) return null;
  if (start >= size) return "unsatisfiable";
  return { start, end: last === "" ? size - 1 : Math.min(Number(last), size - 1) };
}
