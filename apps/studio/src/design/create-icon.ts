import { createElement, type SVGProps } from "react";

/** An icon as lucide-react's modules have it. */
interface IconData {
  readonly node: readonly (readonly [name: string, attributes: Readonly<Record<string, string>>])[];
}

interface IconProps extends SVGProps<SVGSVGElement> {
  size?: number;
}

/**
 * In place of lucide-react's own, by vite.config.ts: its icons are used, and none of its options but size and the width of lines. That is
 * more than a kilobyte of what everybody loads first.
 */
export function createIcon({ node }: IconData) {
  return function Icon({ size = 24, ...props }: IconProps) {
    return createElement(
      "svg",
      {
        viewBox: "0 0 24 24",
        width: size,
        height: size,
        fill: "none",
        stroke: "currentColor",
        strokeWidth: 2,
        strokeLinecap: "round",
        strokeLinejoin: "round",
        "aria-hidden": true,
        ...props,
      },
      node.map(([name, attributes], index) => createElement(name, { ...attributes, key: index })),
    );
  };
}
