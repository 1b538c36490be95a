import type { CreateBody } from "./create-body.ts";

/** The upstream's own ratio: 0.06 USD are 120,000 credits. */
const creditsPerUsd = 2_000_000;

/** USD a second of video. Invented, but of the real order; the emulator's catalogue quotes the same figures. */
export const usdPerSecond = { "720P": 0.065, "1080P": 0.104 } as const satisfies Record<
  CreateBody["resolution"],
  number
>;

/** What a generation will be charged, in whole credits. */
export function priceInCredits(body: CreateBody): number {
  return toCredits(usdPerSecond[body.resolution] * body.duration);
}

export function toCredits(usd: number): number {
  return Math.round(usd * creditsPerUsd);
}

export function toUsd(credits: number): number {
  return credits / creditsPerUsd;
}
