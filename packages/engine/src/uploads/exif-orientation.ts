const EXIF = "Exif\0\0";
const ORIENTATION = 0x0112;
/** Bytes of one entry of a directory. */
const ENTRY_BYTES = 12;

/**
 * What is said in the data of a JPEG's segment of how the picture is to be turned to be shown: 1 to 8, as Exif 2.32, 4.6.4 has it; `null`
 * where nothing is said. Not the decoder's: that one writes to standard error what it does not like, in the midst of our log.
 */
export function readOrientation(data: Buffer): number | null {
  if (data.toString("latin1", 0, EXIF.length) !== EXIF) return null;
  const tiff = new DataView(data.buffer, data.byteOffset + EXIF.length, data.length - EXIF.length);
  if (tiff.byteLength < 8) return null;
  const isLittle = tiff.getUint16(0) === 0x4949;
  const directory = tiff.getUint32(4, isLittle);
  if (directory + 2 > tiff.byteLength) return null;
  const end = Math.min(directory + 2 + tiff.getUint16(directory, isLittle) * ENTRY_BYTES, tiff.byteLength);
  for (let at = directory + 2; at + ENTRY_BYTES <= end; at += ENTRY_BYTES) {
    if (tiff.getUint16(at, isLittle) === ORIENTATION) return tiff.getUint16(at + 8, isLittle);
  }
  return null;
}
