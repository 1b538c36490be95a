import { type Quote, quoteVideo, ReelwireError, useReelwire } from "@reelwire/react";
import { useCallback, useEffect, useMemo, useState } from "react";
import { createAskLatest } from "./ask-latest.ts";
import type { Draft } from "./draft.ts";
import { pricedInput, priceKey } from "./priced.ts";

/** So that going through choices with the arrow keys asks once. */
const DELAY_MS = 250;

export interface UseQuote {
  /** The newest there is; while another is asked for it is the one before. */
  quote: Quote | null;
  error: ReelwireError | null;
  isPending: boolean;
  retry(): void;
}

/** What the draft would cost. */
export function useQuote(draft: Draft): UseQuote {
  const connection = useReelwire();
  const [told, setTold] = useState<{ key: string; quote: Quote | null; error: ReelwireError | null } | null>(null);
  const key = priceKey(draft);

  const latest = useMemo(
    () =>
      createAskLatest<string, { key: string; quote: Quote }>({
        ask: async (key, signal) => ({ key, quote: await quoteVideo(connection, pricedInput(key), { signal }) }),
        answered: ({ key, quote }) => setTold({ key, quote, error: null }),
        failed: (error) => {
          if (error instanceof ReelwireError) setTold((told) => ({ key: "", quote: told?.quote ?? null, error }));
        },
        delayMs: DELAY_MS,
      }),
    [connection],
  );
  useEffect(() => latest.want(key), [latest, key]);
  useEffect(() => () => latest.stop(), [latest]);

  const retry = useCallback(() => {
    setTold(null);
    latest.want(key);
  }, [latest, key]);
  const error = told?.error ?? null;
  return { quote: told?.quote ?? null, error, isPending: error === null && told?.key !== key, retry };
}
