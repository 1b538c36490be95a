/** Boxes that hold others on the way to those with times, and the boxes with times (ISO/IEC 14496-12). */
const containers: ReadonlySet<string> = new Set(["moov", "trak", "mdia"]);
const timed: ReadonlySet<string> = new Set(["mvhd", "tkhd", "mdhd"]);
const headerBytes = 8;

/**
 * Sets the creation and modification times of an MP4 to zero, in place: the muxer writes the time of day there, and the same
 * clip rendered again must be the same file, or a download resumed by range would be put together from two.
 */
export function eraseTimes(file: Uint8Array): void {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  let at = 0;
  while (at + headerBytes <= view.byteLength) {
    const size = view.getUint32(at);
    const type = String.fromCharCode(...file.subarray(at + 4, at + headerBytes));
    const content = file.subarray(at + headerBytes, at + size);
    if (containers.has(type)) eraseTimes(content);
    if (timed.has(type)) {
      // Version and flags come first; version 1 has times of eight bytes, version 0 of four.
      content.fill(0, 4, content[0] === 1 ? 20 : 12);
    }
    // 0 and 1 announce a box up to the end or beyond 4 GiB: media data, after which no more headers come.
    if (size < headerBytes) return;
    at += size;
  }
}
