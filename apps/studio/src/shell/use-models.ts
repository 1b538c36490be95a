import { listModels, type Model, ReelwireError, useReelwire } from "@reelwire/react";
import { useCallback, useEffect, useRef, useState } from "react";
import { useSession } from "./session.tsx";

/** What videos can be asked of; `null` until it is known. */
export function useModels() {
  const connection = useReelwire();
  const { notice } = useSession();
  const [models, setModels] = useState<readonly Model[] | null>(null);
  const [error, setError] = useState<ReelwireError | null>(null);
  const running = useRef<AbortController>(null);

  const ask = useCallback(() => {
    running.current?.abort();
    running.current = new AbortController();
    const { signal } = running.current;
    setError(null);
    listModels(connection, { signal }).then(setModels, (error: unknown) => {
      if (signal.aborted || !(error instanceof ReelwireError)) return;
      notice(error);
      setError(error);
    });
  }, [connection, notice]);

  useEffect(() => {
    ask();
    return () => running.current?.abort();
  }, [ask]);

  return { models, error, retry: ask };
}
