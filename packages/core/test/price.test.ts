import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Pricing, quote, type Rate } from "../src/price.ts";
import { DURATIONS_SECONDS, RESOLUTIONS } from "../src/video.ts";
import { REQUEST } from "./video-fixtures.ts";

const fixed = (...units: Rate[]): Pricing => ({ kind: "fixed", units });
const perSecond: Rate = { price: 0.05, unit: "second", per: 1 };

describe("a fixed price", () => {
  test.each<[rate: Rate, usd: number, units: number]>([
    [perSecond, 0.4, 8],
    [{ ...perSecond, unit: "seconds" }, 0.4, 8],
    [{ ...perSecond, unit: "Second" }, 0.4, 8],
    [{ price: 3, unit: "second", per: 60 }, 0.4, 8],
    [{ price: 0.4, unit: "video", per: 1 }, 0.4, 1],
    [{ price: 0.4, unit: "generation", per: 1 }, 0.4, 1],
    [{ price: 400, unit: "request", per: 1_000 }, 0.4, 1],
    [{ price: 0, unit: "second", per: 1 }, 0, 8],
  ])("%o is %s US dollars for 8 seconds", (rate, usd, units) => {
    expect(quote(fixed(rate), REQUEST)).toEqual({ kind: "FIXED", usd, rate, units });
  });

  test.each(["token", ""])("of a unit that is not known here (%j) is told, without a sum", (unit) => {
    const rate = { price: 1, unit, per: 1_000_000 };
    expect(quote(fixed(rate), REQUEST)).toEqual({ kind: "FIXED", usd: null, rate, units: null });
  });

  test.each<[what: string, rates: Rate[]]>([
    ["several units", [perSecond, { ...perSecond, unit: "video" }]],
    ["none", []],
    ["nothing for none", [{ ...perSecond, per: 0 }]],
    ["a negative number of units", [{ ...perSecond, per: -1 }]],
    ["less than nothing", [{ ...perSecond, price: -1 }]],
    ["no number", [{ ...perSecond, price: Number.NaN }]],
  ])("of %s is no quote", (_, rates) => {
    expect(quote(fixed(...rates), REQUEST)).toEqual({ kind: "FIXED", usd: null, rate: null, units: null });
  });

  test("that is beyond all numbers has no sum", () => {
    expect(quote(fixed({ ...perSecond, price: Number.MAX_VALUE }), REQUEST)).toMatchObject({ usd: null, units: 8 });
  });
});

describe("a price of variants", () => {
  const variant = (when: Record<string, string>, price: number) => ({ when, price, unit: "second", per: 1 });
  const variants = (...variants: ReturnType<typeof variant>[]): Pricing => ({ kind: "variants", variants });
  const none = { kind: "VARIANTS", usd: null, rate: null, units: null };

  test("by resolution, in whichever case", () => {
    const pricing = variants(variant({ resolution: "720P" }, 0.05), variant({ resolution: "1080p" }, 0.08));
    expect(quote(pricing, REQUEST)).toEqual({ kind: "VARIANTS", usd: 0.4, rate: perSecond, units: 8 });
    expect(quote(pricing, { ...REQUEST, resolution: "P1080" })).toMatchObject({ usd: 0.64, rate: { price: 0.08 } });
  });

  test("by everything a request says", () => {
    const when = {
      resolution: "720p",
      generate_audio: "FALSE",
      duration: "4",
      aspect_ratio: "9:16",
      person_generation: "Dont_Allow",
    };
    const request = {
      ...REQUEST,
      generateAudio: false,
      durationSeconds: 4,
      aspectRatio: "PORTRAIT_9_16",
      personGeneration: "DONT_ALLOW",
    } as const;
    const pricing = variants(variant(when, 0.03));
    expect(quote(pricing, request).usd).toBe(0.12);
    expect(quote(pricing, { ...request, resolution: "P1080" })).toEqual(none);
    expect(quote(pricing, { ...request, generateAudio: true })).toEqual(none);
    expect(quote(pricing, { ...request, durationSeconds: 6 })).toEqual(none);
    expect(quote(pricing, { ...request, aspectRatio: "LANDSCAPE_16_9" })).toEqual(none);
    expect(quote(pricing, { ...request, aspectRatio: null })).toEqual(none);
    expect(quote(pricing, { ...request, personGeneration: "ALLOW_ADULT" })).toEqual(none);
  });

  test("by the one that says most, wherever it stands", () => {
    const pricing = [
      variant({}, 0.01),
      variant({ resolution: "720p", generate_audio: "true" }, 0.03),
      variant({ resolution: "720p" }, 0.02),
    ];
    for (const listed of [pricing, pricing.toReversed()]) {
      expect(quote(variants(...listed), REQUEST).usd).toBe(0.24);
      expect(quote(variants(...listed), { ...REQUEST, generateAudio: false }).usd).toBe(0.16);
      expect(quote(variants(...listed), { ...REQUEST, resolution: "P1080" }).usd).toBe(0.08);
    }
  });

  test("a combination that is not listed, or a dimension that is not known, is no quote", () => {
    expect(quote(variants(variant({ resolution: "4k" }, 1)), REQUEST)).toEqual(none);
    expect(quote(variants(variant({ region: "eu" }, 1)), REQUEST)).toEqual(none);
    expect(quote(variants(variant({ constructor: "x" }, 1)), REQUEST)).toEqual(none);
    expect(quote(variants(), REQUEST)).toEqual(none);
  });
});

test("a variable price is said only afterwards", () => {
  expect(quote({ kind: "variable" }, REQUEST)).toEqual({ kind: "VARIABLE", usd: null, rate: null, units: null });
});

test("no price at all is unknown", () => {
  expect(quote(null, REQUEST)).toEqual({ kind: "UNKNOWN", usd: null, rate: null, units: null });
});

/** A price as catalogues write them: up to six decimals, no more than 100,000 dollars. */
const price = fc.integer({ min: 0, max: 1e11 }).map((micros) => micros / 1e6);
const rate: fc.Arbitrary<Rate> = fc.record({
  price,
  unit: fc.constantFrom("second", "Seconds", "video", "GENERATION", "request"),
  per: fc.constantFrom(1, 3, 7, 60, 1_000, 1_000_000),
});

test("US dollars are price times units by per, to a millionth, whether it is fixed or of a variant", () => {
  const durations = fc.constantFrom(...DURATIONS_SECONDS);
  fc.assert(
    fc.property(rate, durations, fc.constantFrom(...RESOLUTIONS), (rate, durationSeconds, resolution) => {
      const request = { ...REQUEST, durationSeconds, resolution };
      const units = rate.unit.toLowerCase().startsWith("second") ? durationSeconds : 1;
      const { usd, ...rest } = quote(fixed(rate), request);
      expect(rest).toEqual({ kind: "FIXED", rate, units });
      // In whole numbers, so that the test does not round as the code does.
      const micros = BigInt(Math.round((usd ?? -1) * 1e6));
      const exact = BigInt(Math.round(rate.price * 1e6)) * BigInt(units);
      const off = exact - micros * BigInt(rate.per);
      expect((off < 0n ? -off : off) * 2n).toBeLessThanOrEqual(BigInt(rate.per));
      expect(usd).toBe(Number(micros) / 1e6);

      const variants = RESOLUTIONS.map((name) => ({
        ...(name === resolution ? rate : { price: 1, unit: "token", per: 1 }),
        when: { resolution: name.slice(1).concat("p") },
      }));
      expect(quote({ kind: "variants", variants }, request)).toEqual({ kind: "VARIANTS", usd, rate, units });
    }),
    { seed: 41, numRuns: 2_000 },
  );
});
