import type { Connection } from "./connection.ts";
import { findVideoDocument } from "./generated/operations.ts";
import { poll } from "./poll.ts";
import { ReelwireError } from "./reelwire-error.ts";
import type { Video } from "./video.ts";

/**
 * Asks for a video again and again. Versions that come and go in between are not told.
 *
 * @param next answers whether that was the final one, by which it is over
 */
export function pollVideo(
  connection: Connection,
  id: string,
  next: (video: Video) => boolean,
  begun: () => void,
  signal: AbortSignal,
): Promise<true> {
  let version = 0;
  return poll(
    connection,
    findVideoDocument,
    { id },
    ({ video }) => {
      if (video === null) {
        throw new ReelwireError({ code: "NOT_FOUND", message: `There is no video ${id}.`, retryable: false });
      }
      const isChanged = video.version !== version;
      version = video.version;
      if (next(video)) return "final";
      return isChanged ? "changed" : "same";
    },
    begun,
    signal,
  );
}
