import { imageSize } from "image-size";
import type { ImageType } from "./image-type.ts";
import { readJpegHeader } from "./jpeg-header.ts";

/** What an image says of itself. */
export interface ImageHeader {
  /** In pixels, as they are stored: to be shown, the image may have to be turned. */
  width: number;
  height: number;
  isAnimated: boolean;
}

/** Reads what an image of a type says of itself, without decoding it; `null` where that cannot be read. */
export function readImageHeader(bytes: Buffer, { extension }: ImageType): ImageHeader | null {
  if (extension === "jpg") return readJpegHeader(bytes);
  try {
    const { width, height } = imageSize(bytes);
    return { width, height, isAnimated: extension === "png" ? isAnimatedPng(bytes) : isAnimatedWebp(bytes) };
  } catch {
    return null;
  }
}

/** Whether there is a chunk `acTL` before the picture: https://www.w3.org/TR/png-3/#apng-frame-based-animation */
function isAnimatedPng(bytes: Buffer): boolean {
  for (let at = 8; at + 8 <= bytes.length; at += 12 + bytes.readUInt32BE(at)) {
    const name = bytes.toString("latin1", at + 4, at + 8);
    if (name === "acTL") return true;
    if (name === "IDAT") return false;
  }
  return false;
}

/** Whether the animation bit of the extended header is set: RFC 9649, 2.7. */
function isAnimatedWebp(bytes: Buffer): boolean {
  return bytes.toString("latin1", 12, 16) === "VP8X" && ((bytes[20] ?? 0) & 0b10) !== 0;
}
