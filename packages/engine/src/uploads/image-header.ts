import { imageSize } from "image-size";
import type { ImageType } from "./image-type.ts";
import { readJpegHeader } from "./jpeg-header.ts";
import { hasBoundedProfile, isAnimatedPng } from "./png-chunks.ts";

/** What an image says of itself. */
export interface ImageHeader {
  /** In pixels, as they are stored. */
  width: number;
  height: number;
  /** Whether what is stored as a row is shown as a column. */
  isTurned: boolean;
  isAnimated: boolean;
}

/** Reads what an image of a type says of itself, without decoding it; `null` where that cannot be read. */
export function readImageHeader(bytes: Buffer, { extension }: ImageType): ImageHeader | null {
  if (extension === "jpg") return readJpegHeader(bytes);
  if (extension === "png" && !hasBoundedProfile(bytes)) return null;
  try {
    const { width, height } = imageSize(bytes);
    const isAnimated = extension === "png" ? isAnimatedPng(bytes) : isAnimatedWebp(bytes);
    return { width, height, isTurned: false, isAnimated };
  } catch {
    return null;
  }
}

/** Whether the animation bit of the extended header is set: RFC 9649, 2.7. */
function isAnimatedWebp(bytes: Buffer): boolean {
  return bytes.toString("latin1", 12, 16) === "VP8X" && ((bytes[20] ?? 0) & 0b10) !== 0;
}
