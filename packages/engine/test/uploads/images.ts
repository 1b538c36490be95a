import { CompressionType, Transformer } from "@napi-rs/image";

/** Pixels that do not compress well: an image of them has many bytes. */
function pixels(width: number, height: number): Buffer {
  const bytes = Buffer.alloc(width * height * 4);
  for (let at = 0; at < bytes.length; at += 1) bytes[at] = at % 4 === 3 ? 255 : (at * 2_654_435_761) >>> 24;
  return bytes;
}

const image = (width: number, height: number) => Transformer.fromRgbaPixels(pixels(width, height), width, height);

/** One image of each type, by its extension. */
export const images = {
  png: (width = 1280, height = 720) => image(width, height).png({ compressionType: CompressionType.Fast }),
  jpg: (width = 1280, height = 720) => image(width, height).jpeg(80),
  webp: (width = 1280, height = 720) => image(width, height).webp(50),
};

export const CONTENT_TYPES = { png: "image/png", jpg: "image/jpeg", webp: "image/webp" } as const;

/** A chunk of a PNG, with a wrong checksum. */
export function pngChunk(name: string, data: Uint8Array): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  return Buffer.concat([length, Buffer.from(name, "latin1"), data, Buffer.alloc(4)]);
}

/** A segment of a JPEG. */
export function jpegSegment(marker: number, data: Uint8Array): Buffer {
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(data.length + 2, 2);
  return Buffer.concat([head, data]);
}

/** The same JPEG, to be shown turned as Exif's orientation says. */
export function turned(jpeg: Buffer, orientation: number): Buffer {
  const exif = Buffer.concat([
    Buffer.from("Exif\0\0MM\0*\0\0\0\x08", "latin1"),
    // One entry: Orientation, a SHORT, once.
    Buffer.from([0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0]),
  ]);
  return Buffer.concat([jpeg.subarray(0, 2), jpegSegment(0xe1, exif), jpeg.subarray(2)]);
}

/** The bytes in pieces of at most so many. */
export async function* inPieces(bytes: Uint8Array, length = 50_000): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < bytes.length; from += length) yield bytes.subarray(from, from + length);
}
