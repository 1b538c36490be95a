import { createHash } from "node:crypto";

/** A source of numbers from 0 (inclusive) to 1 (exclusive). */
export type Random = () => number;

/** The same parts always give the same sequence (mulberry32 over a SHA-256 of the parts). */
export function seededRandom(...parts: readonly (string | number)[]): Random {
  let state = createHash("sha256").update(JSON.stringify(parts)).digest().readUInt32LE(0);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One draw from the standard normal distribution (Box–Muller). */
export function drawNormal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
