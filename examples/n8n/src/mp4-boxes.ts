/**
 * The names of the boxes that an MP4 is made of, in order.
 *
 * @throws {Error} where the bytes are no whole MP4 with something to play
 */
export function mp4Boxes(bytes: Buffer): string[] {
  const names: string[] = [];
  let at = 0;
  while (at < bytes.length) {
    if (at + 16 > bytes.length) throw new Error(`The file ends within the head of a box, at byte ${at}.`);
    const short = bytes.readUInt32BE(at);
    const size = short === 1 ? Number(bytes.readBigUInt64BE(at + 8)) : short;
    if (size < 8 || at + size > bytes.length) throw new Error(`The box at byte ${at} is not whole.`);
    names.push(bytes.toString("latin1", at + 4, at + 8));
    at += size;
  }
  if (names[0] !== "ftyp" || !names.includes("moov") || !names.includes("mdat")) {
    throw new Error(`The file is no MP4: ${names.join(", ")}`);
  }
  return names;
}
