import type { Video } from "@reelwire/react";

/** What of a live list is shown, and what waits. */
export interface HeldBack {
  readonly shown: readonly Video[];
  /** How many came in above the end of what is shown, while somebody reads there. */
  readonly waiting: number;
}

/**
 * What of a list to show: while somebody reads further down, what is new would move it from under their eyes, so it waits.
 * What is appended at the end is shown in any case, and what was shown stays as long as it is in the list.
 *
 * @param known ids of what was shown last
 * @param isReading whether new ones have to wait
 */
export function holdBack(known: ReadonlySet<string>, videos: readonly Video[], isReading: boolean): HeldBack {
  const end = videos.findLastIndex(({ id }) => known.has(id));
  // Nothing of it was shown before: it is another list.
  if (!isReading || end === -1) return { shown: videos, waiting: 0 };
  const shown = videos.filter(({ id }, index) => index > end || known.has(id));
  return { shown, waiting: videos.length - shown.length };
}
