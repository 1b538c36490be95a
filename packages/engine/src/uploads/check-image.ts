import { ApiError } from "@reelwire/core";
import { decodeImage } from "./decode-image.ts";
import { readImageHeader } from "./image-header.ts";
import type { ImageType } from "./image-type.ts";

/** As the upstream's documentation has it: "720p or higher resolution". */
const LEAST_SHORT_SIDE = 720;

/** What phones have. More than a video's frame has use for, and as much as may be in memory, with up to 8 bytes a pixel. */
const MOST_PIXELS = 50_000_000;

/** The size of an image as it is shown, in pixels. */
export interface ImageSize {
  width: number;
  height: number;
}

/**
 * Whether a video can begin or end with this image: decodes it once, unless its header says that it is too large for that, or too small.
 *
 * @throws {ApiError} `IMAGE_INVALID`, `IMAGE_TOO_LARGE`
 */
export async function checkImage(bytes: Buffer, type: ImageType): Promise<ImageSize> {
  const header = readImageHeader(bytes, type);
  if (header === null || header.width * header.height === 0) throw damaged();
  if (header.isAnimated) throw new ApiError("IMAGE_INVALID", "The image is animated. Upload one that stands still.");
  if (header.width * header.height > MOST_PIXELS) {
    const megapixels = MOST_PIXELS / 1_000_000;
    const message = `The image is ${sizeOf(header)}, more than ${megapixels} megapixels. Make it smaller.`;
    throw new ApiError("IMAGE_TOO_LARGE", message);
  }
  const shown = header.isTurned ? { width: header.height, height: header.width } : header;
  if (Math.min(shown.width, shown.height) < LEAST_SHORT_SIDE) {
    const message = `The image is ${sizeOf(shown)}; its shorter side must be at least ${LEAST_SHORT_SIDE} pixels.`;
    throw new ApiError("IMAGE_INVALID", message);
  }
  const decoded = await decodeImage(bytes);
  if ("refused" in decoded) throw damaged(decoded.refused);
  if (decoded.width !== header.width || decoded.height !== header.height) throw damaged();
  return { width: shown.width, height: shown.height };
}

function damaged(why?: string): ApiError {
  const told = why === undefined ? "" : ` (${why})`;
  return new ApiError("IMAGE_INVALID", `The image is damaged, or a part of it is missing${told}. Save it again.`);
}

const sizeOf = ({ width, height }: ImageSize) => `${width}×${height}`;
