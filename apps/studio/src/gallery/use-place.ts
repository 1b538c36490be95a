import { useEffect, useLayoutEffect, useRef } from "react";

/** Where somebody was in a list: kept in its entry of the browser's history, so that going back and reloading find it. */
interface Place {
  /** What began first in the window, by its `data-place`, and how far below the top, in pixels. */
  readonly id: string;
  readonly offset: number;
  /** How many there were to be seen. */
  readonly count: number;
}

/** What of a list can be seen, and how to have more of it. */
export interface PlacedList {
  readonly count: number;
  readonly hasMore: boolean;
  /** Not while more is being loaded, or after that failed. */
  readonly canLoadMore: boolean;
  loadMore(): void;
}

/** Scrolling is over when it has paused for so long. */
const PAUSE_MS = 150;

/** Until all that is to be seen has its size. */
const FRAMES = 5;

/** Goes to where one was, once that is there again, and remembers from then on. What is in the list has `data-place`. */
export function usePlace({ count, hasMore, canLoadMore, loadMore }: PlacedList): void {
  const toFind = useRef(readPlace());
  const counted = useRef(count);

  useLayoutEffect(() => {
    counted.current = count;
    const place = toFind.current;
    if (place === null || count === 0) return;
    if (goTo(place)) {
      settleAt(place, FRAMES);
    } else if (count < place.count && hasMore) {
      if (canLoadMore) loadMore();
      return;
    }
    toFind.current = null;
  }, [count, hasMore, canLoadMore, loadMore]);

  useEffect(() => {
    let pause: ReturnType<typeof setTimeout> | undefined;
    const remember = () => {
      if (toFind.current !== null) return;
      window.history.replaceState({ ...window.history.state, place: currentPlace(counted.current) }, "");
    };
    const scrolled = () => {
      clearTimeout(pause);
      pause = setTimeout(remember, PAUSE_MS);
    };
    window.addEventListener("scroll", scrolled, { passive: true });
    window.addEventListener("pagehide", remember);
    // Before a link leads away from here.
    window.addEventListener("click", remember, { capture: true });
    return () => {
      clearTimeout(pause);
      window.removeEventListener("scroll", scrolled);
      window.removeEventListener("pagehide", remember);
      window.removeEventListener("click", remember, { capture: true });
    };
  }, []);
}

/** What begins in the window; at the very top there is nothing to find again. */
function currentPlace(count: number): Place | null {
  if (window.scrollY === 0) return null;
  for (const element of document.querySelectorAll("[data-place]")) {
    const { top } = element.getBoundingClientRect();
    if (top >= 0) return { id: element.getAttribute("data-place") ?? "", offset: top, count };
  }
  return null;
}

function goTo({ id, offset }: Place): boolean {
  const element = document.querySelector(`[data-place="${CSS.escape(id)}"]`);
  if (element === null) return false;
  window.scrollBy({ top: element.getBoundingClientRect().top - offset, behavior: "instant" });
  return true;
}

/** What was not to be seen gets a size of its own only now, and moves what is below it. */
function settleAt(place: Place, frames: number): void {
  requestAnimationFrame(() => {
    goTo(place);
    if (frames > 1) settleAt(place, frames - 1);
  });
}

function readPlace(): Place | null {
  const place: unknown = window.history.state?.place;
  if (typeof place !== "object" || place === null) return null;
  if (!("id" in place && "offset" in place && "count" in place)) return null;
  const { id, offset, count } = place;
  if (typeof id !== "string" || typeof offset !== "number" || typeof count !== "number") return null;
  return { id, offset, count };
}
