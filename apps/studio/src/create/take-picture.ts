import { type Connection, uploadImage } from "@reelwire/react";
import { checkAddress, checkFile, checkSize, measurePicture } from "./check-image.ts";
import type { Frame } from "./draft.ts";

export interface TakeFileOptions {
  maxBytes: number;
  signal: AbortSignal;
  /** It is a picture that can be used, shown by this address until it is uploaded. */
  accepted: (preview: string) => void;
}

/**
 * Checks a file, and uploads it where nothing is wrong with it.
 *
 * @throws {ImageProblem | ReelwireError}
 */
export async function takeFile(connection: Connection, file: File, options: TakeFileOptions): Promise<Frame> {
  const { maxBytes, signal, accepted } = options;
  checkFile(file, maxBytes);
  const preview = URL.createObjectURL(file);
  try {
    checkSize(await measurePicture(preview));
    signal.throwIfAborted();
    accepted(preview);
    const { url, width, height, expiresAt } = await uploadImage(connection, file, { signal });
    return { url, width, height, expiresAt };
  } finally {
    URL.revokeObjectURL(preview);
  }
}

/**
 * Takes an address, after a look at what is there.
 *
 * @throws {ImageProblem}
 */
export async function takeAddress(written: string): Promise<Frame> {
  const url = checkAddress(written);
  // The upstream may reach what this browser does not, so that only what was seen is held against it.
  const size = await measurePicture(url).catch(() => null);
  if (size !== null) checkSize(size);
  return { url, width: size?.width ?? null, height: size?.height ?? null, expiresAt: null };
}
