import { type Connection, parts } from "./connection.ts";
import { findVideoDocument } from "./generated/operations.ts";
import { ReelwireError } from "./reelwire-error.ts";
import { sendOperation } from "./send-operation.ts";
import type { Video } from "./video.ts";

/**
 * Asks for a video again and again, the later the longer its version stays the same. Resolves when `next` says that it was the
 * final one. Versions that came and went in between are not told.
 */
export async function pollVideo(
  connection: Connection,
  id: string,
  next: (video: Video) => boolean,
  signal: AbortSignal,
): Promise<true> {
  const { pace } = connection[parts];
  for (let version = 0; ; ) {
    const { video } = await sendOperation(connection, findVideoDocument, { id }, { signal });
    if (video === null) {
      throw new ReelwireError({ code: "NOT_FOUND", message: `There is no video ${id}.`, retryable: false });
    }
    if (next(video)) return true;
    if (video.version !== version) pace.works();
    version = video.version;
    pace.failed(0);
    await pace.rested(signal);
  }
}
