import { render } from "@testing-library/react";
import { type ReactNode, StrictMode, useEffect } from "react";

/** A hook that is rendered, and what it has given. */
export interface Live<T> {
  /** Everything that it gave, in order. */
  readonly all: readonly T[];
  /** What it gave last. */
  readonly now: T;
  /** What it gives first for which this holds, from now on. */
  until(holds: (given: T) => boolean): Promise<T>;
  unmount(): void;
  rerender(): void;
}

/** Renders a hook, under StrictMode unless told otherwise. */
export function renderLive<T>(
  useIt: () => T,
  {
    around = (children) => children,
    strict = true,
  }: { around?: (children: ReactNode) => ReactNode; strict?: boolean } = {},
): Live<T> {
  const all: T[] = [];
  const waiting = new Set<() => void>();
  function Probe() {
    const given = useIt();
    useEffect(() => {
      if (all.at(-1) === given) return;
      all.push(given);
      for (const look of waiting) look();
    });
    return null;
  }
  const tree = () => {
    const inside = around(<Probe />);
    return strict ? <StrictMode>{inside}</StrictMode> : inside;
  };
  const { unmount, rerender } = render(tree());
  const last = () => {
    const given = all.at(-1);
    if (given === undefined) throw new Error("It was not rendered.");
    return given;
  };
  return {
    all,
    get now() {
      return last();
    },
    until: (holds) =>
      new Promise((resolve) => {
        const look = () => {
          if (!holds(last())) return;
          waiting.delete(look);
          resolve(last());
        };
        waiting.add(look);
        look();
      }),
    unmount,
    rerender: () => rerender(tree()),
  };
}
