/** Amounts are added up in whole millionths of a US dollar, so that sums are exact. */
export function toMicros(usd: number): number {
  return Math.round(usd * 1_000_000);
}

export function toUsd(micros: number): number {
  return micros / 1_000_000;
}
