import { type RefObject, useEffect, useRef, useState } from "react";

/** Whether an element is in view, or within `marginPx` above or below it. */
export function useInView<E extends Element>(marginPx: number): { ref: RefObject<E | null>; isInView: boolean } {
  const ref = useRef<E>(null);
  const [isInView, setInView] = useState(false);

  useEffect(() => {
    const element = ref.current;
    if (element === null) return;
    const observer = new IntersectionObserver((entries) => setInView(entries.at(-1)?.isIntersecting ?? false), {
      rootMargin: `${marginPx}px 0px`,
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [marginPx]);

  return { ref, isInView };
}
