import { parseCreateVideoInput, type Quote, quoteFields } from "@reelwire/core";
import { builder } from "./builder.ts";
import { CreateVideoInput } from "./create-video.ts";
import { PriceKind } from "./enums.ts";

const QuoteBasis = builder.objectRef<Quote>("QuoteBasis").implement({
  description: quoteFields.basis.description,
  fields: (t) => ({
    kind: t.expose("kind", { type: PriceKind, description: quoteFields.kind.description }),
    price: t.float({
      nullable: true,
      description: quoteFields.price.description,
      resolve: ({ rate }) => rate?.price ?? null,
    }),
    unit: t.string({
      nullable: true,
      description: quoteFields.unit.description,
      resolve: ({ rate }) => rate?.unit ?? null,
    }),
    per: t.float({
      nullable: true,
      description: quoteFields.per.description,
      resolve: ({ rate }) => rate?.per ?? null,
    }),
    units: t.exposeFloat("units", { nullable: true, description: quoteFields.units.description }),
    asOf: t.expose("asOf", { type: "DateTime", nullable: true, description: quoteFields.asOf.description }),
  }),
});

const QuoteType = builder.objectRef<Quote>("Quote").implement({
  description: "What a video would cost.",
  fields: (t) => ({
    usd: t.exposeFloat("usd", { nullable: true, description: quoteFields.usd.description }),
    basis: t.field({ type: QuoteBasis, description: quoteFields.basis.description, resolve: (quote) => quote }),
  }),
});

builder.queryField("quoteVideo", (t) =>
  t.field({
    type: QuoteType,
    authScopes: { anyScope: ["videos:create", "videos:read"] },
    description:
      "What a video would cost, as the upstream's catalogue says. Nothing is made, and no price is reserved: `maxUsd` holds `createVideo` to one. Errors: `BAD_INPUT`.",
    args: {
      input: t.arg({
        type: CreateVideoInput,
        required: true,
        description: "What would be made, as for `createVideo`.",
      }),
    },
    // It may wait for the catalogue.
    complexity: 20,
    resolve: (_root, { input }, { engine }) => engine.quote(parseCreateVideoInput(input).request),
  }),
);
