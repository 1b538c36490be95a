const dollars = new Intl.NumberFormat("en-US", {
  style: "currency",
  currency: "USD",
  minimumFractionDigits: 2,
  maximumFractionDigits: 6,
});

/** An amount for people: `$0.40`, `$0.000025`. */
export function inDollars(usd: number): string {
  return dollars.format(usd);
}
