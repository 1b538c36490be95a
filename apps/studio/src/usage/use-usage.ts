import { listUsage, ReelwireError, type Usage, useReelwire } from "@reelwire/react";
import { useCallback, useEffect, useRef, useState } from "react";
import { toMoments, type UsageRange } from "./usage-range.ts";

/** What was used, by day and model: the newest answer for the range, `null` until there is one. */
export interface UsageState {
  readonly rows: readonly Usage[] | null;
  readonly error: ReelwireError | null;
  readonly isPending: boolean;
  refetch(): void;
}

/** Asked again when the page is looked at again, and when the network is back. */
export function useUsage({ from, to }: UsageRange): UsageState {
  const connection = useReelwire();
  const [answer, setAnswer] = useState<{ range: string; rows: readonly Usage[] } | null>(null);
  const [error, setError] = useState<ReelwireError | null>(null);
  const [isPending, setPending] = useState(true);
  const running = useRef<AbortController>(null);

  const refetch = useCallback(() => {
    running.current?.abort();
    const stop = new AbortController();
    running.current = stop;
    const { signal } = stop;
    setPending(true);
    listUsage(connection, { ...toMoments({ from, to }), groupBy: ["DAY", "MODEL"] }, { signal })
      .then((rows) => {
        setAnswer({ range: `${from} ${to}`, rows });
        setError(null);
      })
      .catch((error: unknown) => {
        if (signal.aborted) return;
        if (!(error instanceof ReelwireError)) throw error;
        setError(error);
      })
      .finally(() => {
        if (!signal.aborted) setPending(false);
      });
  }, [connection, from, to]);

  useEffect(() => {
    refetch();
    return () => running.current?.abort();
  }, [refetch]);

  useEffect(() => {
    const seen = () => document.visibilityState === "visible" && refetch();
    window.addEventListener("online", refetch);
    document.addEventListener("visibilitychange", seen);
    return () => {
      window.removeEventListener("online", refetch);
      document.removeEventListener("visibilitychange", seen);
    };
  }, [refetch]);

  return { rows: answer?.range === `${from} ${to}` ? answer.rows : null, error, isPending, refetch };
}
