import { type Random, seededRandom } from "../../packages/emulator/src/random.ts";

/** What is drawn from the seed: the same seed and name give the same draws. */
export interface Draws {
  /** From 0 to 1. */
  fraction(): number;
  /** Evenly between two bounds. */
  between(min: number, max: number): number;
  /** Whether something of this probability happens. */
  happens(probability: number): boolean;
  /** One of them. */
  oneOf<T>(all: readonly [T, ...T[]]): T;
  /** All of them, in another order. */
  shuffled<T>(all: readonly T[]): T[];
}

export function drawsOf(seed: number, name: string): Draws {
  const random: Random = seededRandom("torture", seed, name);
  const below = (limit: number) => Math.floor(random() * limit);
  return {
    fraction: random,
    between: (min, max) => min + (max - min) * random(),
    happens: (probability) => random() < probability,
    oneOf: (all) => all[below(all.length)] ?? all[0],
    shuffled(all) {
      const left = [...all];
      return all.flatMap(() => left.splice(below(left.length), 1));
    },
  };
}
