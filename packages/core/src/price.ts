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
  /** How many of the rate's units the video is; `null` where there is no rate, or its unit is not known here. */
  units: number | null;
  /** When the catalogue last said so; `null` where it did not. */
  asOf: Date | null;
}

const PER_SECOND = ["second", "seconds"];
const PER_VIDEO = ["video", "generation", "request"];

/**
 * What a request will cost by the catalogue's pricing. Without a price where it has none that surely applies: a combination that it
 * does not list, several units, or one that is not known here.
 *
 * @param pricing `null`: the catalogue could not be read, or does not have it
 */
export function quote(pricing: Pricing | null, request: VideoRequest): Omit<Quote, "asOf"> {
  switch (pricing?.kind) {
    case undefined:
      return { usd: null, kind: "UNKNOWN", rate: null, units: null };
    case "variable":
      return { usd: null, kind: "VARIABLE", rate: null, units: null };
    case "fixed":
      return { kind: "FIXED", ...atRate(pricing.units.length === 1 ? pricing.units[0] : undefined, request) };
    case "variants":
      return { kind: "VARIANTS", ...atRate(variantOf(pricing, request), request) };
  }
}

function atRate(given: Rate | undefined, request: VideoRequest): Pick<Quote, "usd" | "rate" | "units"> {
  if (given === undefined || !(given.per > 0 && given.price >= 0)) return { usd: null, rate: null, units: null };
  const { price, unit, per } = given;
  const name = unit.toLowerCase();
  const units = PER_SECOND.includes(name) ? request.durationSeconds : PER_VIDEO.includes(name) ? 1 : null;
  // Rounded to a millionth of a dollar, so that 0.1 * 8 / 1 is not 0.8000000000000000444.
  const usd = units === null ? null : Math.round(((price * units) / per) * 1e6) / 1e6;
  return { usd: usd !== null && Number.isFinite(usd) ? usd : null, rate: { price, unit, per }, units };
}

/** The variant that a request is of; where several fit, the one that says most about it. */
function variantOf({ variants }: Extract<Pricing, { kind: "variants" }>, request: VideoRequest): Rate | undefined {
  const asked = dimensions(request);
  return variants
    .filter(({ when }) =>
      Object.entries(when).every(([name, value]) => asked.get(name)?.toLowerCase() === value.toLowerCase()),
    )
    .sort((a, b) => Object.keys(b.when).length - Object.keys(a.when).length)[0];
}

/** The request in the upstream's spelling, as `when` names it. */
function dimensions(request: VideoRequest): Map<string, string> {
  const asked = new Map([
    ["resolution", request.resolution === "P720" ? "720p" : "1080p"],
    ["duration", String(request.durationSeconds)],
    ["generate_audio", String(request.generateAudio)],
    ["person_generation", request.personGeneration === "DONT_ALLOW" ? "dont_allow" : "allow_adult"],
  ]);
  if (request.aspectRatio !== null) {
    asked.set("aspect_ratio", request.aspectRatio === "LANDSCAPE_16_9" ? "16:9" : "9:16");
  }
  return asked;
}
