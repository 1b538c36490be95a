import type { Quote } from "@reelwire/react";
import { Skeleton } from "../design/skeleton.tsx";
import { formatUsd } from "../format/money.ts";
import { parseUsd } from "./draft.ts";
import type { UseQuote } from "./use-quote.ts";
import "./price.css";

/** What the video would cost, and why; said before anything is pressed. */
export function Price({ quoted, maxUsd, isEmulated }: { quoted: UseQuote; maxUsd: string; isEmulated: boolean }) {
  const { quote, error, isPending, retry } = quoted;
  if (error !== null && quote === null) {
    return (
      <p className="price" role="status">
        <span className="price-unknown">The price could not be asked for.</span>
        <button type="button" className="text-button" onClick={retry}>
          Ask again
        </button>
      </p>
    );
  }
  if (quote === null) {
    return (
      <p className="price">
        <span className="visually-hidden">The price is being asked for.</span>
        <Skeleton width="4.5rem" height="1.5rem" />
        <Skeleton width="8rem" height="0.9rem" />
      </p>
    );
  }
  const limit = parseUsd(maxUsd);
  const tooMuch = quote.usd !== null && limit !== null && quote.usd > limit;
  return (
    <p className="price" role="status" data-pending={isPending}>
      {quote.usd === null ? (
        <span className="price-unknown">Price not known beforehand</span>
      ) : (
        <strong className="price-amount">{formatUsd(quote.usd)}</strong>
      )}
      <span className="price-basis">{tooMuch ? `More than your limit of ${formatUsd(limit)}` : basisWords(quote)}</span>
      {isEmulated && <span className="price-basis">An emulator makes drawings: nothing is spent.</span>}
    </p>
  );
}

function basisWords({ basis: { kind, price, unit, per, units } }: Quote): string {
  if (kind === "VARIABLE") return "The upstream says it only afterwards.";
  if (kind === "UNKNOWN") return "The upstream's price list does not tell.";
  if (price === null || unit === null) return "As the upstream's price list has it";
  const rate = `${formatUsd(price)} per ${per === null || per === 1 ? unit : `${per} ${unit}s`}`;
  return units === null || units === 1 ? rate : `${units} × ${rate}`;
}
