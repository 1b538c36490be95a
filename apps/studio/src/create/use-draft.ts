import { useCallback, useEffect, useState } from "react";
import type { Draft } from "./draft.ts";
import { keepDraft, readDraft } from "./draft-storage.ts";

/** What is being written, kept through reloads and other pages. */
export function useDraft() {
  const [draft, setDraft] = useState<Draft>(() => readDraft(sessionStorage, Date.now()));
  useEffect(() => keepDraft(sessionStorage, draft), [draft]);
  const change = useCallback((change: Partial<Draft>) => setDraft((draft) => ({ ...draft, ...change })), []);
  return [draft, change] as const;
}
