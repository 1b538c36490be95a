import { z } from "zod";
import type { Pricing } from "../price.ts";
import { numeric } from "./wire.ts";

/** What the catalogue says of a model's price. */
export interface CataloguePrice {
  /** `null` when the model is not listed, or has no price that is understood. */
  pricing: Pricing | null;
  /** By which the catalogue can be asked whether it has changed; `null` where it gave none. */
  etag: string | null;
}

/** `price` means nothing without its `per`, so neither has a default. */
const rate = z.object({ price: numeric, unit: z.string(), per: numeric });

const variant = rate.extend({
  when: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]).transform(String)),
});

/** Strict in what it takes for a price: half a price list would make a wrong quote, which is worse than none. */
const pricing = z
  .object({ currency: z.string().nullish() })
  .and(
    z.discriminatedUnion("kind", [
      z.object({ kind: z.literal("fixed"), units: z.array(rate) }),
      z.object({ kind: z.literal("variants"), variants: z.array(variant) }),
      z.object({ kind: z.literal("variable") }),
    ]),
  );

const catalogue = z.object({ data: z.array(z.unknown()) });
const entry = z.object({
  id: z.string(),
  aliases: z.array(z.string()).nullish().catch(null),
  pricing: z.unknown(),
});

/**
 * The price of one model out of `GET /v1/models`: `null` when the model is not listed, or its price is not in US
 * dollars or not fully understood; `undefined` when the answer is no catalogue.
 */
export function toPricing(body: unknown, model: string): Pricing | null | undefined {
  const listed = catalogue.safeParse(body);
  if (!listed.success) return undefined;
  const entries = listed.data.data.map((item) => entry.safeParse(item).data).filter((item) => item !== undefined);
  const found = entries.find(({ id }) => id === model) ?? entries.find(({ aliases }) => aliases?.includes(model));
  const parsed = pricing.safeParse(found?.pricing);
  if (!parsed.success || (parsed.data.currency ?? "USD").toUpperCase() !== "USD") return null;
  const { currency: _, ...price } = parsed.data;
  return price;
}
