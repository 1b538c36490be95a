import { Transformer } from "@napi-rs/image";
import { ApiError } from "@reelwire/core";
import pLimit from "p-limit";
import { readImageHeader } from "./image-header.ts";
import type { ImageType } from "./image-type.ts";

/** As the upstream's documentation has it: "720p or higher resolution". */
const LEAST_SHORT_SIDE = 720;

/** What phones have. More than a video's frame has use for, and as much as may be in memory, with up to 8 bytes a pixel. */
const MOST_PIXELS = 50_000_000;

/** Images decoded at a time. */
const decoding = pLimit(1);

/** The size of an image as it is shown, in pixels. */
export interface ImageSize {
  width: number;
  height: number;
}

/**
 * Whether a video can begin or end with this image: decodes it once, unless its header says that it is too large for that.
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
  const decoded = await decoding(() => decode(bytes));
  if (decoded.width !== header.width || decoded.height !== header.height) throw damaged();
  const shown = decoded.isTurned ? { width: header.height, height: header.width } : header;
  if (Math.min(shown.width, shown.height) < LEAST_SHORT_SIDE) {
    const message = `The image is ${sizeOf(shown)}; its shorter side must be at least ${LEAST_SHORT_SIDE} pixels.`;
    throw new ApiError("IMAGE_INVALID", message);
  }
  return { width: shown.width, height: shown.height };
}

/** @throws {ApiError} `IMAGE_INVALID` */
async function decode(bytes: Buffer): Promise<ImageSize & { isTurned: boolean }> {
  // In a thread of its own. It decodes the whole picture, and gives out none of it.
  const {
    width,
    height,
    orientation = 1,
  } = await new Transformer(bytes).metadata(true).catch((error: unknown) => {
    throw damaged({ cause: error });
  });
  // From 5 on, what is stored as a row is shown as a column: Exif 2.32, 4.6.4.
  return { width, height, isTurned: orientation >= 5 && orientation <= 8 };
}

function damaged({ cause }: ErrorOptions = {}): ApiError {
  const why = cause instanceof Error ? ` (${cause.message})` : "";
  return new ApiError("IMAGE_INVALID", `The image is damaged, or a part of it is missing${why}. Save it again.`);
}

const sizeOf = ({ width, height }: ImageSize) => `${width}×${height}`;
