import { type Draft, EMPTY_DRAFT, type Frame } from "./draft.ts";

/** Of this tab, so that two tabs can be at two videos. */
const KEY = "reelwire-draft";

type Storage = Pick<globalThis.Storage, "getItem" | "setItem">;

/** The draft that this tab was at; without frames whose addresses have ended since. */
export function readDraft(storage: Storage, now: number): Draft {
  try {
    const kept: unknown = JSON.parse(storage.getItem(KEY) ?? "null");
    if (typeof kept !== "object" || kept === null) return EMPTY_DRAFT;
    const draft = { ...EMPTY_DRAFT, ...kept };
    return { ...draft, firstFrame: stillThere(draft.firstFrame, now), lastFrame: stillThere(draft.lastFrame, now) };
  } catch {
    return EMPTY_DRAFT;
  }
}

/** Keeps it as far as there is room: a picture that is no address but all of its bytes may be too much. */
export function keepDraft(storage: Storage, draft: Draft): void {
  for (const kept of [draft, { ...draft, firstFrame: null, lastFrame: null }]) {
    try {
      storage.setItem(KEY, JSON.stringify(kept));
      return;
    } catch {
      // Full, or nothing is kept at all.
    }
  }
}

function stillThere(frame: Frame | null, now: number): Frame | null {
  return frame?.expiresAt != null && Date.parse(frame.expiresAt) <= now ? null : frame;
}
