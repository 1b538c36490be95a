import type { CreateBody } from "./create-body.ts";
import { drawNormal, type Random } from "./random.ts";

/**
 * How long a generation takes, in milliseconds of emulator time: always the same, evenly between two bounds, log-normal
 * (`sigma` is that of the logarithm), or as a function says.
 */
export type DurationOption =
  | number
  | { readonly min: number; readonly max: number }
  | { readonly median: number; readonly sigma: number }
  | ((body: CreateBody, random: Random) => number);

/** About a minute, as the upstream takes, with one in a hundred near two and a half. */
export const defaultDuration: DurationOption = { median: 60_000, sigma: 0.4 };

/** One duration, in whole milliseconds, at least 0. */
export function drawDuration(option: DurationOption, body: CreateBody, random: Random): number {
  return Math.max(0, Math.round(draw(option, body, random)));
}

function draw(option: DurationOption, body: CreateBody, random: Random): number {
  if (typeof option === "number") return option;
  if (typeof option === "function") return option(body, random);
  if ("median" in option) return option.median * Math.exp(option.sigma * drawNormal(random));
  return option.min + (option.max - option.min) * random();
}
