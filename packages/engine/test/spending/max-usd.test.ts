import { describe, expect, test } from "vitest";
import { BUILT_IN_VIEWER } from "../../src/index.ts";
import { finished, make, startTestEngine } from "../test-engine.ts";

/** Four seconds at 720p, in the emulator's catalogue. */
const PRICE_USD = 0.26;

describe("maxUsd", () => {
  test("lets a video be made for as much, and not for more", async () => {
    await using test = await startTestEngine();
    await expect(make(test.engine, { maxUsd: PRICE_USD - 0.000_001 })).rejects.toMatchObject({
      code: "PRICE_TOO_HIGH",
      message: "The video would cost $0.26, and `maxUsd` is $0.259999. Nothing was made.",
    });
    expect(await test.engine.videos(BUILT_IN_VIEWER, {}, { limit: 10 })).toEqual([]);
    const video = await make(test.engine, { maxUsd: PRICE_USD });
    expect(video.estimatedUsd).toBe(PRICE_USD);
    expect(video).not.toHaveProperty("maxUsd");
    expect(test.emulator.accepted.length).toBeLessThanOrEqual(1);
  });

  test("is no part of the input that an idempotency key is for (invariant 4)", async () => {
    await using test = await startTestEngine();
    const first = await make(test.engine, { idempotencyKey: "k", maxUsd: 1 });
    for (const maxUsd of [2, null, 0.01]) {
      expect((await make(test.engine, { idempotencyKey: "k", maxUsd })).id).toBe(first.id);
    }
  });

  test("is not promised where the price is not known; without it a video is made all the same", async () => {
    const mix = [{ on: "models", fault: "unavailable", probability: 1 }] as const;
    await using test = await startTestEngine({}, { faults: { mix } });
    await expect(make(test.engine, { maxUsd: 1_000 })).rejects.toMatchObject({ code: "PRICE_UNKNOWN" });
    expect(await make(test.engine)).toMatchObject({ estimatedUsd: null });
  });
});

test("the engine quotes what a video will cost, and tells afterwards what it did", async () => {
  await using test = await startTestEngine();
  const video = await make(test.engine);
  expect(await test.engine.quote(video.request)).toEqual({
    usd: PRICE_USD,
    kind: "VARIANTS",
    rate: { price: 0.065, unit: "second", per: 1 },
    units: 4,
    asOf: expect.any(Date),
  });
  await finished(test.engine, video.id);
  const from = new Date(video.createdAt.getTime() - 60_000);
  const to = new Date(video.createdAt.getTime() + 60_000);
  const [usage] = await test.engine.usage(BUILT_IN_VIEWER, { from, to, groupBy: ["MODEL"] });
  expect(usage).toMatchObject({ model: video.request.model, videos: 1, completed: 1, seconds: 4, heldUsd: 0 });
  expect(usage?.spentUsd).toBe(PRICE_USD);
});
