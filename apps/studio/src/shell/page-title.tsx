import { createContext, type ReactNode, type RefObject, use, useEffect, useRef } from "react";

/** Whether somebody went to this page from another one of the studio. */
export const CameFromWithin = createContext<RefObject<boolean>>({ current: false });

export interface PageTitleProps {
  /** Of the tab. */
  title: string;
  /** The heading, where it is not the title. */
  children?: ReactNode;
  className?: string;
}

/** A page's one heading and the tab's title. It takes the focus when somebody goes to the page, so that a screen reader reads it. */
export function PageTitle({ title, children = title, className = "page-title" }: PageTitleProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  const cameFromWithin = use(CameFromWithin);
  useEffect(() => {
    if (cameFromWithin.current) heading.current?.focus({ preventScroll: true });
  }, [cameFromWithin]);
  return (
    <>
      <title>{`${title} · Reelwire`}</title>
      <h1 ref={heading} tabIndex={-1} className={className}>
        {children}
      </h1>
    </>
  );
}
