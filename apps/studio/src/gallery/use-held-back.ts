import type { Video } from "@reelwire/react";
import { useState, useSyncExternalStore } from "react";
import { type HeldBack, holdBack } from "./held-back.ts";

/** As far down as this, in pixels, somebody may still want to see what comes in on top. */
const TOP = 120;

/** A live list as it is to be shown, and `release` to show what waits. */
export function useHeldBack(videos: readonly Video[]): HeldBack & { release(): void } {
  const isReading = useSyncExternalStore(subscribeToScrolling, () => window.scrollY > TOP);
  const [held, setHeld] = useState({ videos, isReading: false, shown: videos, waiting: 0 });
  const update = (isReading: boolean) =>
    setHeld({ videos, isReading, ...holdBack(new Set(held.shown.map(({ id }) => id)), videos, isReading) });
  if (held.videos !== videos || (held.isReading && !isReading)) update(isReading);
  return { shown: held.shown, waiting: held.waiting, release: () => update(false) };
}

function subscribeToScrolling(changed: () => void): () => void {
  window.addEventListener("scroll", changed, { passive: true });
  return () => window.removeEventListener("scroll", changed);
}
