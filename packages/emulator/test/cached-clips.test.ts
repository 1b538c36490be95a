import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startEmulator } from "../src/index.ts";
import { finish } from "./calls.ts";
import { readClip } from "./read-clip.ts";

describe("Cached clips", () => {
  let cacheDir: string;
  beforeAll(async () => {
    cacheDir = join(await mkdtemp(join(tmpdir(), "emulator-test-")), "made", "when-needed");
  });
  afterAll(() => rm(join(cacheDir, "../.."), { recursive: true }));

  it("are one for each shape, whatever the prompt, and shared by emulators", async () => {
    await using one = await startEmulator({ clock: "stepped", clip: "cached", cacheDir });
    await using other = await startEmulator({ clock: "stepped", clip: "cached", cacheDir });
    const body = { duration: 4, generate_audio: false };
    const files = await Promise.all(
      [one, one, other].map(async (emulator, index) => {
        const { video } = (await finish(emulator, { ...body, prompt: `prompt ${index}` })).body;
        return Buffer.from(await (await fetch(video.url)).arrayBuffer());
      }),
    );
    const [first = Buffer.alloc(0), ...others] = files;
    expect(others.map((file) => file.equals(first))).toEqual([true, true]);
    expect(await readClip(first)).toMatchObject({ width: 1280, height: 720, seconds: 4, sound: null });
    expect(await readdir(cacheDir)).toEqual(["clip-1-1280x720-4s-silent.mp4"]);
  });

  it("are read from the directory of an earlier run", async () => {
    await writeFile(join(cacheDir, "clip-1-1920x1080-6s-sound.mp4"), "of an earlier run");
    await using emulator = await startEmulator({ clock: "stepped", clip: "cached", cacheDir });
    const { video } = (await finish(emulator, { duration: 6, resolution: "1080P" })).body;
    expect(await (await fetch(video.url)).text()).toBe("of an earlier run");
  });
});
