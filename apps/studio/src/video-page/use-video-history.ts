import { ReelwireError, useReelwire, watchVideo } from "@reelwire/react";
import { useEffect, useState } from "react";
import { type HistoryEntry, withVersion } from "./video-history.ts";

/** Every version of a video, live, and why it is not known further. */
export function useVideoHistory(id: string): { history: readonly HistoryEntry[]; error: ReelwireError | null } {
  const connection = useReelwire();
  const [history, setHistory] = useState<readonly HistoryEntry[]>([]);
  const [error, setError] = useState<ReelwireError | null>(null);

  useEffect(() => {
    const stop = new AbortController();
    setHistory([]);
    setError(null);
    async function watch() {
      for await (const video of watchVideo(connection, id, { afterVersion: 0, signal: stop.signal })) {
        setHistory((history) => withVersion(history, video));
      }
    }
    watch().catch((error: unknown) => {
      if (error instanceof ReelwireError) setError(error);
    });
    return () => stop.abort();
  }, [connection, id]);

  return { history, error };
}
