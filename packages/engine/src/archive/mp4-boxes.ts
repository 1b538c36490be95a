import { open } from "node:fs/promises";
import { CopyError } from "./copy-error.ts";

// A short video has a handful of boxes, a fragmented one some for each second; an index takes a few bytes a frame.
const MOST_BOXES = 10_000;
const LARGEST_INDEX_BYTES = 16 * 1024 * 1024;

/**
 * Walks the outermost boxes of an MP4 file (ISO/IEC 14496-12, 4.2): the first is `ftyp`, every one is as long as it says,
 * the last ends where the file does, and both index (`moov`) and data (`mdat`) are there. Demuxers do not look at
 * this: to them a file whose data was cut off is fine until somebody plays its end.
 *
 * @throws CopyError `NOT_A_VIDEO` if it is something else, `BROKE_OFF` if it is the beginning of an MP4
 */
export async function assertWholeBoxes(path: string): Promise<void> {
  await using file = await open(path, "r");
  const { size } = await file.stat();
  const header = Buffer.alloc(16);
  const seen = new Set<string>();
  let offset = 0;
  for (let count = 0; offset < size; count++) {
    const { bytesRead } = await file.read(header, 0, 16, offset);
    const type = header.toString("latin1", 4, 8);
    if (count === 0 && (bytesRead < 8 || type !== "ftyp")) throw notAVideo("It does not begin as an MP4 does.");
    if (bytesRead < 8) throw brokeOff();
    const { length, headerLength } = boxLength(header, bytesRead, size - offset);
    if (length < headerLength || count >= MOST_BOXES) throw notAVideo("Its boxes make no sense.");
    if (offset + length > size) throw brokeOff();
    if (type === "moov" && length > LARGEST_INDEX_BYTES) throw notAVideo("Its index is too large.");
    seen.add(type);
    offset += length;
  }
  if (size === 0) throw notAVideo("It is empty.");
  if (!seen.has("moov") || !seen.has("mdat")) throw brokeOff();
}

function boxLength(header: Buffer, bytesRead: number, remaining: number): { length: number; headerLength: number } {
  const short = header.readUInt32BE(0);
  // 0: to the end of the file. 1: the length is too large for 32 bits, and follows.
  if (short === 0) return { length: remaining, headerLength: 8 };
  if (short !== 1) return { length: short, headerLength: 8 };
  if (bytesRead < 16) throw brokeOff();
  return { length: Number(header.readBigUInt64BE(8)), headerLength: 16 };
}

function notAVideo(why: string): CopyError {
  return new CopyError("NOT_A_VIDEO", `The file is not an MP4. ${why}`);
}

function brokeOff(): CopyError {
  return new CopyError("BROKE_OFF", "The file is an MP4 that was cut off.");
}
