import { type Quote, quote, type VideoRequest } from "@reelwire/core";
import type { CataloguePrice, UpstreamClient } from "@reelwire/core/upstream";
import { reasonOf } from "./log-reason.ts";
import type { Logger } from "./logger.ts";
import { pause } from "./wake.ts";

/** How long a price is taken to hold, in milliseconds: the catalogue changes rarely. */
const FRESH_MS = 3_600_000;
/** How long after a question that brought no price the next one is asked, in milliseconds, however many want to know. */
const RETRY_MS = 15_000;
/** How long a quote waits for a price that is not known yet, in milliseconds: longer than the catalogue takes when it is well. */
const WAIT_MS = 3_000;

/** What videos cost, as the catalogue says. It is asked in the background, once for all who want to know. */
export interface PriceList {
  /** US dollars, or `null` while no price is known. Waits for nothing. */
  estimateUsd(request: VideoRequest): number | null;
  /** What a request would cost. Waits up to 3 s for a price that is not known yet; not right after one could not be had. */
  quote(request: VideoRequest): Promise<Quote>;
  /** Asks the catalogue for a model's price. Resolves when it has answered or failed. */
  refresh(model: string): Promise<void>;
}

interface Entry {
  /** `null` until the catalogue has answered. */
  price: CataloguePrice | null;
  /** When it last said so. */
  asOf: Date | null;
  askAgainAt: number;
  asking: Promise<void> | null;
}

/**
 * @param closing ends the question under way
 * @param waitMs how long a quote waits for a price that is not known yet, in milliseconds
 */
export function createPriceList(
  upstream: UpstreamClient,
  log: Logger,
  closing: AbortSignal,
  waitMs: number = WAIT_MS,
): PriceList {
  const entries = new Map<string, Entry>();

  function entryOf(model: string): Entry {
    const entry = entries.get(model) ?? { price: null, asOf: null, askAgainAt: 0, asking: null };
    entries.set(model, entry);
    return entry;
  }

  async function ask(model: string, entry: Entry): Promise<void> {
    let holdsMs = RETRY_MS;
    try {
      entry.price = await upstream.pricing(model, { known: entry.price, signal: closing });
      entry.asOf = new Date();
      if (entry.price.pricing !== null) holdsMs = FRESH_MS;
    } catch (error) {
      if (!closing.aborted) log.warn({ model, ...reasonOf(error) }, "the catalogue's price could not be read");
    }
    entry.askAgainAt = Date.now() + holdsMs;
    entry.asking = null;
  }

  const refresh = (model: string): Promise<void> => {
    const entry = entryOf(model);
    entry.asking ??= ask(model, entry);
    return entry.asking;
  };

  /** What is known; asks anew, in the background, where that is old. */
  function lookUp(model: string): Entry {
    const entry = entryOf(model);
    if (Date.now() >= entry.askAgainAt) void refresh(model);
    return entry;
  }

  return {
    estimateUsd: (request) => quote(lookUp(request.model).price?.pricing ?? null, request).usd,
    async quote(request) {
      const entry = lookUp(request.model);
      if (entry.price === null && entry.asking !== null) {
        const waited = new AbortController();
        await Promise.race([entry.asking, pause(waitMs, waited.signal)]);
        waited.abort();
      }
      const found = quote(entry.price?.pricing ?? null, request);
      return { ...found, asOf: found.kind === "UNKNOWN" ? null : entry.asOf };
    },
    refresh,
  };
}
