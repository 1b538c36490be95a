import { unreadable } from "./export-format.ts";

const LINE_END = 0x0a;

/** Longest line that is taken, in bytes. The longest that are written are the two images of one video, 27 MB. */
const LONGEST_LINE = 128 * 1024 * 1024;

/**
 * The lines of a file, each without its end. (`node:readline` takes more characters for the end of a line than one.)
 *
 * @throws {DatabaseError} `EXPORT_UNREADABLE` where the last line has no end, or a line is far too long
 */
export async function* splitLines(input: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let begun: Uint8Array[] = [];
  let begunBytes = 0;
  for await (const chunk of input) {
    let from = 0;
    for (let end = chunk.indexOf(LINE_END); end !== -1; end = chunk.indexOf(LINE_END, from)) {
      const piece = chunk.subarray(from, end);
      yield begun.length === 0 ? piece : Buffer.concat([...begun, piece]);
      begun = [];
      begunBytes = 0;
      from = end + 1;
    }
    if (from === chunk.length) continue;
    begun.push(chunk.subarray(from));
    begunBytes += chunk.length - from;
    if (begunBytes > LONGEST_LINE) throw unreadable("has a line that no export has");
  }
  if (begun.length > 0) throw unreadable("is cut off");
}
