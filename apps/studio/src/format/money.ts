const cents = new Intl.NumberFormat("en-US", { style: "currency", currency: "USD" });
const fractions = new Intl.NumberFormat("en-US", {
  style: "currency",
  currency: "USD",
  minimumFractionDigits: 2,
  maximumFractionDigits: 4,
});

/** US dollars, as `$0.40`; with up to four digits after the point below a dollar, where cents would hide something. */
export function formatUsd(amount: number): string {
  if (amount !== 0 && Math.abs(amount) < 0.0001) return amount < 0 ? ">-$0.0001" : "<$0.0001";
  return Math.abs(amount) < 1 ? fractions.format(amount) : cents.format(amount);
}

const whole = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

/** A count, as `12,480`. */
export function formatCount(count: number): string {
  return whole.format(count);
}
