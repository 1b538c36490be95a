import { type Connection, parts } from "./connection.ts";
import { listVideosDocument } from "./generated/operations.ts";
import { sendOperation } from "./send-operation.ts";
import type { Video } from "./video.ts";
import { isNews } from "./watch-state.ts";

/** As many as the gateway lists at once. */
const NEWEST = 100;

/**
 * Lists the newest videos again and again, the later the longer their versions stay the same, and tells of each that is not as it was.
 * Rejects when the signal aborts.
 *
 * @param begun called when it is known how they are now
 */
export async function pollActivity(
  connection: Connection,
  next: (video: Video) => void,
  begun: () => void,
  signal: AbortSignal,
): Promise<never> {
  const { pace } = connection[parts];
  let before: ReadonlyMap<string, Video> | null = null;
  for (;;) {
    const { videos } = await sendOperation(connection, listVideosDocument, { first: NEWEST }, { signal });
    if (before === null) begun();
    else {
      for (const video of videos.nodes.toReversed()) {
        const earlier = before.get(video.id) ?? null;
        if (!isNews(earlier, video)) continue;
        if (video.version !== earlier?.version) pace.works();
        next(video);
      }
    }
    before = new Map(videos.nodes.map((video) => [video.id, video]));
    pace.failed(0);
    await pace.rested(signal);
  }
}
