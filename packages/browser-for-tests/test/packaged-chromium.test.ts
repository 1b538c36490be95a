import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { packagedChromium } from "../src/packaged-chromium.ts";

test("two that begin at once on a new machine both get a whole program, and one is left", async () => {
  const cache = await mkdtemp(join(tmpdir(), "reelwire-chromium-"));
  onTestFinished(() => rm(cache, { recursive: true, force: true }));
  const sizeWhenGiven = async () => (await stat(await packagedChromium(cache))).size;
  const [first, second] = await Promise.all([sizeWhenGiven(), sizeWhenGiven()]);
  expect(first).toBeGreaterThan(100_000_000);
  expect(second).toBe(first);
  expect(await readdir(cache)).toHaveLength(1);
});
