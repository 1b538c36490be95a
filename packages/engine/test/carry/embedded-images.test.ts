import { expect, test } from "vitest";
import { BUILT_IN_VIEWER } from "../../src/index.ts";
import { finished, make, startTestEngine } from "../test-engine.ts";

/** A PNG of one pixel. */
const PIXEL =
  "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

test("images given as data URIs are sent upstream and given back, and not carried along otherwise", async () => {
  await using t = await startTestEngine();
  const { id } = await make(t.engine, { imageUrl: PIXEL, idempotencyKey: "pixel" });
  const video = await finished(t.engine, id);
  expect(video).toMatchObject({ status: "COMPLETED", request: { imageUrl: "data:", lastImageUrl: null } });
  expect(t.emulator.accepted[0]?.body).toMatchObject({ image_url: PIXEL });
  expect(await t.engine.request(BUILT_IN_VIEWER, video)).toMatchObject({ imageUrl: PIXEL, lastImageUrl: null });
  const other = { project: "other", subject: null, keyId: null };
  await expect(t.engine.request(other, video)).rejects.toMatchObject({ code: "NOT_FOUND" });
  expect((await make(t.engine, { imageUrl: PIXEL, idempotencyKey: "pixel" })).id).toBe(id);
  await expect(make(t.engine, { lastImageUrl: PIXEL, idempotencyKey: "pixel" })).rejects.toMatchObject({
    code: "IDEMPOTENCY_CONFLICT",
  });
});

test("the largest images that are allowed go through", async () => {
  await using t = await startTestEngine();
  const largest = `data:image/png;base64,${"A".repeat((10 * 1024 * 1024 * 4) / 3 - (((10 * 1024 * 1024 * 4) / 3) % 4))}`;
  const { id } = await make(t.engine, { imageUrl: largest, lastImageUrl: largest });
  // Nothing decodes as an image there: the upstream accepts it, and its generation fails.
  expect(await finished(t.engine, id)).toMatchObject({ status: "FAILED", error: { code: "GENERATION_FAILED" } });
  const body = t.emulator.accepted[0]?.body;
  expect([body?.image_url?.length, body?.last_image_url?.length]).toEqual([largest.length, largest.length]);
});
