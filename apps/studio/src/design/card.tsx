import type { ComponentProps } from "react";
import "./card.css";

/** A surface that holds what belongs together. */
export function Card({ className, ...props }: ComponentProps<"section">) {
  return <section {...props} className={className === undefined ? "card" : `card ${className}`} />;
}
