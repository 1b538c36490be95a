import { crc32, deflateSync } from "node:zlib";

/** A PNG of one shade of grey, from 0 to 255; another shade makes another file. */
export function solidPng(width = 1280, height = 720, grey = 120): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  // Eight bits a pixel, of grey.
  header[8] = 8;
  // Each row begins with its filter: none.
  const row = Buffer.alloc(1 + width, grey).fill(0, 0, 1);
  const rows = Buffer.concat(Array.from({ length: height }, () => row));
  const signature = Buffer.from("\x89PNG\r\n\x1a\n", "latin1");
  return Buffer.concat([signature, chunk("IHDR", header), chunk("IDAT", deflateSync(rows)), chunk("IEND")]);
}

function chunk(name: string, data: Buffer = Buffer.alloc(0)): Buffer {
  const named = Buffer.concat([Buffer.from(name, "latin1"), data]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  check.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, check]);
}
