import { useEffect, useLayoutEffect, useRef } from "react";

/** Where somebody was in a list: kept in its entry of the browser's history, so that going back and reloading find it. */
interface Place {
  readonly count: number;
  readonly scrollY: number;
}

/** What of a list can be seen, and how to have more of it. */
export interface PlacedList {
  readonly count: number;
  readonly canLoadMore: boolean;
  loadMore(): void;
}

/** Scrolling is over when it has paused for so long. */
const PAUSE_MS = 150;

/** Goes to where one was, once as many are there again, and remembers from then on. */
export function usePlace({ count, canLoadMore, loadMore }: PlacedList): void {
  const toFind = useRef(readPlace());
  const counted = useRef(count);

  useLayoutEffect(() => {
    counted.current = count;
    const place = toFind.current;
    if (place === null || count === 0) return;
    if (count < place.count && canLoadMore) return loadMore();
    toFind.current = null;
    window.scrollTo({ top: place.scrollY, behavior: "instant" });
  }, [count, canLoadMore, loadMore]);

  useEffect(() => {
    let pause: ReturnType<typeof setTimeout> | undefined;
    const remember = () => {
      if (toFind.current !== null) return;
      const place: Place = { count: counted.current, scrollY: window.scrollY };
      window.history.replaceState({ ...window.history.state, place }, "");
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

function readPlace(): Place | null {
  const place: unknown = window.history.state?.place;
  if (typeof place !== "object" || place === null || !("count" in place) || !("scrollY" in place)) return null;
  const { count, scrollY } = place;
  return typeof count === "number" && typeof scrollY === "number" && scrollY > 0 ? { count, scrollY } : null;
}
