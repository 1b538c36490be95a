import type { VideoRequest } from "./video.ts";

/** A rate: `price` US dollars for every `per` units. */
export interface Rate {
  price: number;
  /** `second`, or something that a video is one of, such as `video` or `request`. */
  unit: string;
  per: number;
}

/** A model's price as the catalogue publishes it. */
export type Pricing =
  | { kind: "fixed"; units: readonly Rate[] }
  | { kind: "variants"; variants: readonly (Rate & { when: Readonly<Record<string, string>> })[] }
  | { kind: "variable" };

/** What a request would cost, and what says so. */
export interface Quote {
  /** In US dollars; `null`: not known beforehand. */
  usd: number | null;
  /**
   * `FIXED`: the model has one price. `VARIANTS`: the price of the variant asked for. `VARIABLE`: the upstream says it only afterwards.
   * `UNKNOWN`: the catalogue could not be read, or does not have it.
   */
  kind: "FIXED" | "VARIANTS" | "VARIABLE" | "UNKNOWN";
  /** The rate that applies; `null` where there is none. */
  rate: Rate | null;
  /** How many of the rate's units the video is; `null` where there is no rate. */
  units: number | null;
  /** When the catalogue last said so; `null` where it did not. */
  asOf: Date | null;
}

const PER_SECOND = ["second", "seconds"];
const PER_VIDEO = ["video", "generation", "request"];

/**
 * What a request will cost, in US dollars, or `null` where the catalogue does not say: a variable price, a
 * combination it does not list, or a unit that is not known here.
 */
export function estimateUsd(pricing: Pricing, request: VideoRequest): number | null {
  switch (pricing.kind) {
    case "variable":
      return null;
    case "fixed":
      return pricing.units.length === 1 && pricing.units[0] !== undefined ? rateUsd(pricing.units[0], request) : null;
    case "variants": {
      const asked = dimensions(request);
      const variant = pricing.variants.find(({ when }) =>
        Object.entries(when).every(([name, value]) => asked.get(name)?.toLowerCase() === value.toLowerCase()),
      );
      return variant === undefined ? null : rateUsd(variant, request);
    }
  }
}

function rateUsd({ price, unit, per }: Rate, request: VideoRequest): number | null {
  const name = unit.toLowerCase();
  const units = PER_SECOND.includes(name) ? request.durationSeconds : PER_VIDEO.includes(name) ? 1 : null;
  // Rounded to a millionth of a dollar, so that 0.1 * 8 / 1 is not 0.8000000000000000444.
  return units === null || per <= 0 ? null : Math.round(((price * units) / per) * 1e6) / 1e6;
}

/** The request in the upstream's spelling, as `when` names it. */
function dimensions(request: VideoRequest): Map<string, string> {
  const asked = new Map([
    ["resolution", request.resolution === "P720" ? "720p" : "1080p"],
    ["duration", String(request.durationSeconds)],
    ["generate_audio", String(request.generateAudio)],
  ]);
  if (request.aspectRatio !== null) {
    asked.set("aspect_ratio", request.aspectRatio === "LANDSCAPE_16_9" ? "16:9" : "9:16");
  }
  return asked;
}
