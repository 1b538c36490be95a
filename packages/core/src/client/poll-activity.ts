import type { Connection } from "./connection.ts";
import { listVideosDocument } from "./generated/operations.ts";
import { poll } from "./poll.ts";
import type { Video } from "./video.ts";
import { isNews } from "./watch-state.ts";

/** As many as the gateway lists at once. */
const NEWEST = 100;

/** Lists the newest videos again and again, and tells of each that is not as it was. */
export function pollActivity(
  connection: Connection,
  next: (video: Video) => void,
  begun: () => void,
  signal: AbortSignal,
): Promise<true> {
  let before: ReadonlyMap<string, Video> | null = null;
  return poll(
    connection,
    listVideosDocument,
    { first: NEWEST },
    ({ videos: { nodes } }) => {
      const earlier = before;
      before = new Map(nodes.map((video) => [video.id, video]));
      if (earlier === null) return "changed";
      const news = nodes.filter((video) => isNews(earlier.get(video.id) ?? null, video));
      for (const video of news.toReversed()) next(video);
      return news.some(({ id, version }) => earlier.get(id)?.version !== version) ? "changed" : "same";
    },
    begun,
    signal,
  );
}
