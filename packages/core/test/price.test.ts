import { describe, expect, test } from "vitest";
import { estimateUsd, type Pricing, type Rate } from "../src/price.ts";
import { DURATIONS_SECONDS } from "../src/video.ts";
import { REQUEST } from "./video-fixtures.ts";

const fixed = (...units: Rate[]): Pricing => ({ kind: "fixed", units });

describe("a fixed price", () => {
  test.each([
    [{ price: 0.05, unit: "second", per: 1 }, 0.4],
    [{ price: 0.05, unit: "seconds", per: 1 }, 0.4],
    [{ price: 0.05, unit: "Second", per: 1 }, 0.4],
    [{ price: 3, unit: "second", per: 60 }, 0.4],
    [{ price: 0.4, unit: "video", per: 1 }, 0.4],
    [{ price: 0.4, unit: "generation", per: 1 }, 0.4],
    [{ price: 400, unit: "request", per: 1_000 }, 0.4],
    [{ price: 0, unit: "second", per: 1 }, 0],
    [{ price: 1, unit: "token", per: 1_000_000 }, null],
    [{ price: 1, unit: "", per: 1 }, null],
    [{ price: 1, unit: "second", per: 0 }, null],
  ])("%o is %s US dollars for 8 seconds", (rate, usd) => {
    expect(estimateUsd(fixed(rate), REQUEST)).toBe(usd);
  });

  test.each(DURATIONS_SECONDS)("in whole millionths for %i seconds", (durationSeconds) => {
    const usd = estimateUsd(fixed({ price: 0.1, unit: "second", per: 1 }), { ...REQUEST, durationSeconds });
    expect(usd).toBe(durationSeconds / 10);
  });

  test("of several units, or of none, is no quote", () => {
    const rate = { price: 1, unit: "second", per: 1 };
    expect(estimateUsd(fixed(rate, { ...rate, unit: "video" }), REQUEST)).toBeNull();
    expect(estimateUsd(fixed(), REQUEST)).toBeNull();
  });
});

describe("a price of variants", () => {
  const variant = (when: Record<string, string>, price: number) => ({ when, price, unit: "second", per: 1 });
  const variants = (...variants: ReturnType<typeof variant>[]): Pricing => ({ kind: "variants", variants });

  test("by resolution, in whichever case", () => {
    const pricing = variants(variant({ resolution: "720P" }, 0.05), variant({ resolution: "1080p" }, 0.08));
    expect(estimateUsd(pricing, REQUEST)).toBe(0.4);
    expect(estimateUsd(pricing, { ...REQUEST, resolution: "P1080" })).toBe(0.64);
  });

  test("by everything a request says", () => {
    const when = { resolution: "720p", generate_audio: "FALSE", duration: "4", aspect_ratio: "9:16" };
    const request = { ...REQUEST, generateAudio: false, durationSeconds: 4, aspectRatio: "PORTRAIT_9_16" } as const;
    expect(estimateUsd(variants(variant(when, 0.03)), request)).toBe(0.12);
    expect(estimateUsd(variants(variant(when, 0.03)), { ...request, generateAudio: true })).toBeNull();
    expect(estimateUsd(variants(variant(when, 0.03)), { ...request, aspectRatio: "LANDSCAPE_16_9" })).toBeNull();
    expect(estimateUsd(variants(variant(when, 0.03)), { ...request, aspectRatio: null })).toBeNull();
  });

  test("a combination that is not listed, or a dimension that is not known, is no quote", () => {
    expect(estimateUsd(variants(variant({ resolution: "4k" }, 1)), REQUEST)).toBeNull();
    expect(estimateUsd(variants(variant({ region: "eu" }, 1)), REQUEST)).toBeNull();
    expect(estimateUsd(variants(variant({ constructor: "x" }, 1)), REQUEST)).toBeNull();
    expect(estimateUsd(variants(), REQUEST)).toBeNull();
  });
});

test("a variable price is no quote", () => {
  expect(estimateUsd({ kind: "variable" }, REQUEST)).toBeNull();
});
