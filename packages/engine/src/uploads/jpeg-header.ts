import { readOrientation } from "./exif-orientation.ts";
import type { ImageHeader } from "./image-header.ts";

// As ITU-T T.81, B.1.1.3, names them.
const END_OF_IMAGE = 0xd9;
const START_OF_SCAN = 0xda;
const APP1 = 0xe1;
const isFrame = (marker: number) => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
const isRestart = (marker: number) => marker >= 0xd0 && marker <= 0xd7;

/** Progressive images have about ten. Each is a pass over all pixels, however few bytes it has. */
const MOST_SCANS = 100;

/**
 * Goes through a JPEG from marker to marker, to its end, without decoding it. Decoders make an image of one that was cut off, too, with
 * grey for what is missing.
 *
 * @returns `null` where its end is missing, or it has not one picture
 */
export function readJpegHeader(bytes: Buffer): ImageHeader | null {
  let frame: Pick<ImageHeader, "width" | "height"> | null = null;
  let orientation: number | null = null;
  let scans = 0;
  let at = 2;
  while (at + 4 <= bytes.length || (at + 2 <= bytes.length && bytes[at + 1] === END_OF_IMAGE)) {
    const marker = bytes[at + 1] ?? 0;
    if (bytes[at] !== 0xff) return null;
    if (marker === END_OF_IMAGE) {
      // From 5 on, what is stored as a row is shown as a column.
      const isTurned = orientation !== null && orientation >= 5 && orientation <= 8;
      return scans > 0 && frame !== null ? { ...frame, isTurned, isAnimated: false } : null;
    }
    // Fill bytes may come before a marker.
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    const end = at + 2 + bytes.readUInt16BE(at + 2);
    if (end < at + 4 || end > bytes.length) return null;
    if (isFrame(marker)) {
      if (frame !== null || end < at + 9) return null;
      frame = { width: bytes.readUInt16BE(at + 7), height: bytes.readUInt16BE(at + 5) };
    }
    if (marker === APP1) orientation ??= readOrientation(bytes.subarray(at + 4, end));
    if (marker === START_OF_SCAN) {
      scans += 1;
      if (scans > MOST_SCANS) return null;
    }
    at = marker === START_OF_SCAN ? endOfScan(bytes, end) : end;
  }
  return null;
}

/** Where the next marker is after the compressed data that begins here. */
function endOfScan(bytes: Buffer, begin: number): number {
  for (let at = begin; at + 1 < bytes.length; at += 1) {
    const next = bytes[at + 1] ?? 0;
    if (bytes[at] === 0xff && next !== 0x00 && next !== 0xff && !isRestart(next)) return at;
  }
  return bytes.length;
}
