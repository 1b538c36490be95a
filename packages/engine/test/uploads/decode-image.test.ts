import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { CompressionType, Transformer } from "@napi-rs/image";
import { expect, test } from "vitest";
import { temporaryDirectory } from "../database/temporary-database.ts";
import { images, jpegSegment } from "./images.ts";

const MIB = 1024 * 1024;

/** What a process of its own writes that checks an image so many times. */
async function checkApart(image: Buffer, times: number) {
  const path = join(temporaryDirectory(), "image");
  await writeFile(path, image);
  const child = fileURLToPath(new URL("./check.child.ts", import.meta.url));
  return await promisify(execFile)(process.execPath, [child, path, String(times)]);
}

test("the memory that an image is decoded in is free again before the next one is", async () => {
  const pixels = Buffer.alloc(6_000 * 6_000 * 4);
  const image = await Transformer.fromRgbaPixels(pixels, 6_000, 6_000).png({ compressionType: CompressionType.Fast });
  const { stdout } = await checkApart(image, 8);
  // 137 MiB for one, and what Node takes itself.
  expect(Number(stdout)).toBeGreaterThan(137 * MIB);
  expect(Number(stdout)).toBeLessThan(5 * 137 * MIB);
});

test("nothing of an image is written to the log", async () => {
  const jpeg = await images.jpg();
  // An orientation that is a text.
  const exif = Buffer.from("Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x02\0\0\0\x01\0\x06\0\0\0\0\0\0", "latin1");
  const image = Buffer.concat([jpeg.subarray(0, 2), jpegSegment(0xe1, exif), jpeg.subarray(2)]);
  expect(await checkApart(image, 1)).toEqual({ stdout: expect.stringMatching(/^\d+$/), stderr: "" });
});
