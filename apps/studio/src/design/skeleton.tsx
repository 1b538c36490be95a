import type { CSSProperties } from "react";
import "./skeleton.css";

export interface SkeletonProps {
  width?: CSSProperties["inlineSize"];
  height?: CSSProperties["blockSize"];
  radius?: CSSProperties["borderRadius"];
  ratio?: CSSProperties["aspectRatio"];
}

/** The place of something that is on its way. Whoever shows it says so once, in words, for screen readers. */
export function Skeleton({ width = "100%", height = "1em", radius, ratio }: SkeletonProps) {
  const style = {
    inlineSize: width,
    blockSize: ratio === undefined ? height : "auto",
    borderRadius: radius,
    aspectRatio: ratio,
  };
  return <span className="skeleton" style={style} aria-hidden="true" />;
}
