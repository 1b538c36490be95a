import { estimateUsd, type Pricing, type VideoRequest } from "@reelwire/core";
import type { UpstreamClient } from "@reelwire/core/upstream";
import { reasonOf } from "./log-reason.ts";
import type { Logger } from "./logger.ts";

/** How long a price is taken to hold, in milliseconds: the catalogue changes rarely. */
const FRESH_MS = 3_600_000;
/** How long after a question that failed the next one is asked, in milliseconds. */
const RETRY_MS = 60_000;

/** What videos cost, as the catalogue says. It is asked in the background: no video waits for a price. */
export interface PriceList {
  /** US dollars, or `null` while no price is known. */
  estimateUsd(request: VideoRequest): number | null;
  /** Asks the catalogue for a model's price. Resolves when it has answered or failed. */
  refresh(model: string): Promise<void>;
}

export function createPriceList(upstream: UpstreamClient, log: Logger): PriceList {
  const prices = new Map<string, { pricing: Pricing | null; askAgainAt: number }>();

  async function refresh(model: string): Promise<void> {
    const known = prices.get(model)?.pricing ?? null;
    prices.set(model, { pricing: known, askAgainAt: Date.now() + RETRY_MS });
    try {
      prices.set(model, { pricing: await upstream.pricing(model), askAgainAt: Date.now() + FRESH_MS });
    } catch (error) {
      log.warn({ model, ...reasonOf(error) }, "the catalogue's price could not be read");
    }
  }

  return {
    estimateUsd(request) {
      const entry = prices.get(request.model);
      if (entry === undefined || Date.now() > entry.askAgainAt) void refresh(request.model);
      return entry?.pricing ? estimateUsd(entry.pricing, request) : null;
    },
    refresh,
  };
}
