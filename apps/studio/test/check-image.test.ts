import { describe, expect, test } from "vitest";
import { checkAddress, checkFile, checkSize } from "../src/create/check-image.ts";
import { EMPTY_DRAFT } from "../src/create/draft.ts";
import { firstFrameHint, lastFrameHint } from "../src/create/frame-hints.ts";

const MOST = 10 * 1024 * 1024;

test.each(["image/jpeg", "image/png", "image/webp"])("%s can be a frame", (type) => {
  expect(() => checkFile({ type, size: MOST }, MOST)).not.toThrow();
});

test.each([
  ["image/gif", 1, "give JPEG, PNG or WebP"],
  ["application/pdf", 1, "give JPEG, PNG or WebP"],
  ["", 1, "give JPEG, PNG or WebP"],
  ["image/png", 0, "empty"],
  ["image/png", MOST * 1.25, "has 12.5 MiB; it may have at most 10"],
])("a file of type %j with %j bytes is refused", (type, size, reason) => {
  expect(() => checkFile({ type, size }, MOST)).toThrow(reason);
});

test.each([
  [1280, 720],
  [720, 1280],
  [720, 720],
])("%j × %j pixels are enough", (width, height) => {
  expect(() => checkSize({ width, height })).not.toThrow();
});

test("fewer than 720 pixels on the shorter side are not", () => {
  expect(() => checkSize({ width: 4000, height: 719 })).toThrow("4000 × 719 pixels");
});

test("an address is one that the upstream can fetch", () => {
  expect(checkAddress(" https://example.com/a b.png ")).toBe("https://example.com/a%20b.png");
  for (const written of [
    "",
    "first.png",
    "ftp://example.com/a",
    "data:image/png;base64,AA",
    "https://me:pw@example.com/a",
  ]) {
    expect(() => checkAddress(written), written).toThrow();
  }
});

describe("what is worth knowing of frames", () => {
  const wide = { url: "a", width: 1280, height: 720, expiresAt: null };
  const tall = { url: "b", width: 720, height: 1280, expiresAt: null };
  const unseen = { url: "c", width: null, height: null, expiresAt: null };

  test("a first frame of another shape than the video is cropped", () => {
    expect(firstFrameHint({ ...EMPTY_DRAFT, firstFrame: wide, aspectRatio: "PORTRAIT_9_16" })).toContain("cropped");
    for (const fine of [
      { firstFrame: wide, aspectRatio: "LANDSCAPE_16_9" as const },
      { firstFrame: tall, aspectRatio: null },
      { firstFrame: unseen, aspectRatio: "PORTRAIT_9_16" as const },
      {},
    ]) {
      expect(firstFrameHint({ ...EMPTY_DRAFT, ...fine })).toBeNull();
    }
  });

  test("a last frame goes with a first one of its shape, and with eight seconds", () => {
    expect(lastFrameHint({ ...EMPTY_DRAFT, lastFrame: wide })).toContain("Without a first frame");
    expect(lastFrameHint({ ...EMPTY_DRAFT, firstFrame: tall, lastFrame: wide })).toContain("different shapes");
    expect(lastFrameHint({ ...EMPTY_DRAFT, firstFrame: wide, lastFrame: wide, durationSeconds: 4 })).toContain(
      "8 seconds",
    );
    expect(lastFrameHint({ ...EMPTY_DRAFT, firstFrame: unseen, lastFrame: wide })).toBeNull();
    expect(lastFrameHint({ ...EMPTY_DRAFT, firstFrame: wide })).toBeNull();
  });
});
