import { deflateSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { checkImage } from "../../src/uploads/check-image.ts";
import { imageTypeOf } from "../../src/uploads/image-type.ts";
import { CONTENT_TYPES, images, jpegSegment, pngChunk, turned } from "./images.ts";

/** What becomes of an image, by its content alone. */
async function check(bytes: Buffer) {
  const type = imageTypeOf(bytes.subarray(0, 12));
  if (type === null) throw new Error("no image at all");
  return { ...(await checkImage(bytes, type)), contentType: type.contentType };
}

const DAMAGED = {
  code: "IMAGE_INVALID",
  message: expect.stringMatching(/^The image is damaged, or a part of it is missing/),
};

const TYPES = ["png", "jpg", "webp"] as const;

describe.each(TYPES)("%s", (extension) => {
  test("is taken for what it is, from 720 pixels on", async () => {
    const contentType = CONTENT_TYPES[extension];
    expect(await check(await images[extension]())).toEqual({ width: 1280, height: 720, contentType });
    expect(await check(await images[extension](720, 721))).toEqual({ width: 720, height: 721, contentType });
    expect(await check(await images[extension](3000, 2000))).toEqual({ width: 3000, height: 2000, contentType });
  });

  test.each([
    [640, 480],
    [4000, 719],
    [719, 4000],
    [1, 1],
  ])("of %i×%i pixels is refused, with what it takes", async (width, height) => {
    await expect(check(await images[extension](width, height))).rejects.toMatchObject({
      code: "IMAGE_INVALID",
      message: `The image is ${width}×${height}; its shorter side must be at least 720 pixels.`,
    });
  });

  test("that is cut off anywhere is refused", async () => {
    const whole = await images[extension](800, 720);
    const lengths = [20, 200, whole.length >> 1, whole.length - 1_000, whole.length - 20, whole.length - 13];
    for (const length of lengths) {
      await expect(check(whole.subarray(0, length)), `${length} bytes`).rejects.toMatchObject(DAMAGED);
    }
  });

  test("with nothing in it but its first bytes is refused", async () => {
    const whole = await images[extension](800, 720);
    for (const fill of [0x00, 0xff, 0xd8]) {
      const empty = Buffer.concat([whole.subarray(0, 12), Buffer.alloc(100_000, fill)]);
      await expect(check(empty)).rejects.toMatchObject(DAMAGED);
    }
  });
});

describe("images of more than 50 megapixels are refused before they are decoded: a few bytes claim them", () => {
  const TOO_LARGE = { code: "IMAGE_TOO_LARGE" };

  test("PNG", async () => {
    const claim = (await images.png()).subarray(0, 33);
    claim.writeUInt32BE(10_000, 16);
    claim.writeUInt32BE(5_000, 20);
    await expect(check(claim)).rejects.toMatchObject(DAMAGED);
    claim.writeUInt32BE(5_001, 20);
    await expect(check(claim)).rejects.toMatchObject({
      ...TOO_LARGE,
      message: "The image is 10000×5001, more than 50 megapixels. Make it smaller.",
    });
    claim.writeUInt32BE(0x7fffffff, 16);
    await expect(check(claim)).rejects.toMatchObject(TOO_LARGE);
  });

  test("JPEG", async () => {
    const claim = Buffer.from(await images.jpg());
    const starts = [0xc0, 0xc2].map((marker) => claim.indexOf(Buffer.from([0xff, marker, 0, 17, 8])));
    const frame = Math.max(...starts);
    claim.writeUInt16BE(65_535, frame + 5);
    claim.writeUInt16BE(65_535, frame + 7);
    await expect(check(claim)).rejects.toMatchObject(TOO_LARGE);
  });

  test("WebP", async () => {
    const extended = Buffer.alloc(30);
    extended.write("RIFF\x16\0\0\0WEBPVP8X\x0a\0\0\0", "latin1");
    extended.writeUIntLE(16_382, 24, 3);
    extended.writeUIntLE(16_382, 27, 3);
    await expect(check(extended)).rejects.toMatchObject(TOO_LARGE);
  });
});

describe("what is odd", () => {
  test("no pixels at all", async () => {
    const none = Buffer.from(await images.png());
    none.writeUInt32BE(0, 16);
    await expect(check(none)).rejects.toMatchObject(DAMAGED);
  });

  test("a PNG with a wrong bit", async () => {
    const flipped = Buffer.from(await images.png());
    const middle = flipped.length >> 1;
    flipped[middle] = (flipped[middle] ?? 0) ^ 1;
    await expect(check(flipped)).rejects.toMatchObject(DAMAGED);
  });

  test("a PNG whose colour profile is very large once it is unpacked, or that has two", async () => {
    const png = await images.png();
    const profile = (bytes: number) =>
      pngChunk("iCCP", Buffer.concat([Buffer.from("a\0\0"), deflateSync(Buffer.alloc(bytes))]));
    const checkWith = (...profiles: Buffer[]) =>
      check(Buffer.concat([png.subarray(0, 33), ...profiles, png.subarray(33)]));
    expect(await checkWith(profile(4 * 1024 * 1024))).toMatchObject({ width: 1280 });
    await expect(checkWith(profile(4 * 1024 * 1024 + 1))).rejects.toMatchObject(DAMAGED);
    await expect(checkWith(profile(9), profile(9))).rejects.toMatchObject(DAMAGED);
  });

  test("animations", async () => {
    const ANIMATED = { code: "IMAGE_INVALID", message: "The image is animated. Upload one that stands still." };
    const png = await images.png();
    const animated = Buffer.concat([png.subarray(0, 33), pngChunk("acTL", Buffer.alloc(8)), png.subarray(33)]);
    await expect(check(animated)).rejects.toMatchObject(ANIMATED);
    const webp = Buffer.alloc(30);
    webp.write("RIFF\x16\0\0\0WEBPVP8X\x0a\0\0\0\x02", "latin1");
    await expect(check(webp)).rejects.toMatchObject(ANIMATED);
  });

  test("a JPEG that is to be turned has the size in which it is shown", async () => {
    const jpeg = await images.jpg(1280, 720);
    for (const orientation of [1, 2, 3, 4]) {
      expect(await check(turned(jpeg, orientation))).toMatchObject({ width: 1280, height: 720 });
    }
    for (const orientation of [5, 6, 7, 8]) {
      expect(await check(turned(jpeg, orientation))).toMatchObject({ width: 720, height: 1280 });
    }
    await expect(check(turned(await images.jpg(1000, 400), 6))).rejects.toThrow("The image is 400×1000;");
  });

  test("Exif in the other order of bytes turns a JPEG, and one that is cut off does not", async () => {
    const jpeg = await images.jpg(1280, 720);
    const whole = turned(jpeg, 6).subarray(6, 34);
    const little = Buffer.from("Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0", "latin1");
    const checkWith = (exif: Buffer) =>
      check(Buffer.concat([jpeg.subarray(0, 2), jpegSegment(0xe1, exif), jpeg.subarray(2)]));
    expect(await checkWith(little)).toMatchObject({ width: 720 });
    for (let length = 0; length < whole.length; length += 1) {
      expect(await checkWith(whole.subarray(0, length)), `${length} bytes`).toMatchObject({ width: 1280, height: 720 });
    }
  });

  test("a JPEG with more after its end, as phones write it, and with fill bytes, is taken", async () => {
    const jpeg = await images.jpg();
    const filled = Buffer.concat([jpeg.subarray(0, 2), Buffer.from([0xff, 0xff]), jpeg.subarray(2), jpeg]);
    expect(await check(filled)).toMatchObject({ width: 1280, height: 720 });
  });

  test("a JPEG with a second frame, whose size would not have been looked at", async () => {
    const jpeg = await images.jpg();
    const frame = jpegSegment(0xc0, Buffer.from([8, 0xff, 0xff, 0xff, 0xff, 1, 1, 0x11, 0]));
    await expect(check(Buffer.concat([jpeg.subarray(0, 2), frame, jpeg.subarray(2)]))).rejects.toMatchObject({
      code: "IMAGE_INVALID",
    });
  });

  test("a JPEG of very many scans, each of which goes over all pixels", async () => {
    const jpeg = await images.jpg();
    const scan = jpegSegment(0xda, Buffer.from([1, 1, 0, 0, 63, 0]));
    const scans = Array.from({ length: 200 }, () => scan);
    const many = Buffer.concat([jpeg.subarray(0, -2), ...scans, jpeg.subarray(-2)]);
    await expect(check(many)).rejects.toMatchObject(DAMAGED);
  });

  test("a WebP whose picture is of another size than it claims", async () => {
    const webp = await images.webp(1600, 1200);
    const picture = webp.toString("latin1", 12, 16) === "VP8X" ? webp.subarray(30) : webp.subarray(12);
    const head = Buffer.alloc(30);
    head.write("RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0", "latin1");
    head.writeUInt32LE(22 + picture.length, 4);
    head.writeUIntLE(799, 24, 3);
    head.writeUIntLE(799, 27, 3);
    await expect(check(Buffer.concat([head, picture]))).rejects.toMatchObject(DAMAGED);
  });
});

test("what is no PNG, JPEG or WebP is told by its first bytes", () => {
  const others = [
    "GIF89a",
    "BM",
    "<svg xmlns",
    "\0\0\0\x1cftypavif",
    "\0\0\0\x1cftypheic",
    "II*\0",
    "%PDF-",
    "RIFF\0\0\0\0AVI ",
  ];
  for (const other of others) expect(imageTypeOf(Buffer.from(other, "latin1")), other).toBeNull();
  expect(imageTypeOf(Buffer.alloc(0))).toBeNull();
});
