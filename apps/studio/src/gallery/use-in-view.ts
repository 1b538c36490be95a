import { type RefCallback, useCallback, useState } from "react";

/** Whether an element is in view, or within `marginPx` above or below it. */
export function useInView(marginPx: number): { ref: RefCallback<Element>; isInView: boolean } {
  const [isInView, setInView] = useState(false);
  const ref = useCallback(
    (element: Element | null) => {
      if (element === null) return;
      const observer = new IntersectionObserver((entries) => setInView(entries.at(-1)?.isIntersecting ?? false), {
        rootMargin: `${marginPx}px 0px`,
      });
      observer.observe(element);
      return () => observer.disconnect();
    },
    [marginPx],
  );
  return { ref, isInView };
}
