import { once } from "node:events";
import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import pLimit from "p-limit";

/** The size of an image that could be decoded, in pixels as they are stored; or why it could not. */
export type DecodedImage = { width: number; height: number } | { refused: string };

// Beside this file, and compiled where this file is.
const THREAD = new URL(`./decode-image-thread${extname(import.meta.url)}`, import.meta.url);

/** Images decoded at a time. */
const decoding = pLimit(1);

/**
 * Decodes a whole image, one after another, and gives out none of it. Each in a thread that ends with it: the decoder keeps the pixels, up to
 * 400 MB, until JavaScript's garbage is collected, which knows nothing of them and has no hurry. Twenty images would take 8 GB.
 */
export function decodeImage(bytes: Uint8Array): Promise<DecodedImage> {
  return decoding(async () => {
    const thread = new Worker(THREAD, { workerData: bytes });
    try {
      const [decoded] = await once(thread, "message");
      return decoded;
    } finally {
      await thread.terminate();
    }
  });
}
