// The thread behind decodeImage: decodes the image that it was started with, tells one `DecodedImage`, and ends.
import { parentPort, workerData } from "node:worker_threads";
import { Transformer } from "@napi-rs/image";
import type { DecodedImage } from "./decode-image.ts";

parentPort?.postMessage(await decode(workerData));

async function decode(bytes: Uint8Array): Promise<DecodedImage> {
  try {
    const { width, height } = await new Transformer(bytes).metadata();
    return { width, height };
  } catch (error) {
    // Errors lose their class on the way between threads.
    return { refused: error instanceof Error ? error.message : String(error) };
  }
}
