import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Emulator, startEmulator } from "../src/index.ts";
import { finish } from "./calls.ts";
import { decodeFrame, difference, type Pixel, plainImage, readClip } from "./read-clip.ts";

const dataUri = (file: Buffer, type = "image/png") => `data:${type};base64,${file.toString("base64")}`;

/** The largest difference of any channel. */
const distance = (one: Pixel, other: Pixel) =>
  Math.max(...one.map((value, channel) => Math.abs(value - (other[channel] ?? 0))));

/** Shared by tests, so that each is rendered once. */
const lying = { prompt: "A hedgehog rides a tram" };
const upright = { prompt: "HHHHHHHHHHH", aspect_ratio: "9:16", duration: 6 };
const snow = { prompt: "Snow", duration: 4 };

describe("A drawn clip", () => {
  let emulator: Emulator;
  beforeAll(async () => {
    emulator = await startEmulator({ clock: "stepped" });
  });
  afterAll(() => emulator.close());

  const clipOf = async (body: object) => {
    const { video } = (await finish(emulator, body)).body;
    return new Uint8Array(await (await fetch(video.url)).arrayBuffer());
  };

  it.each([
    [lying, 1280, 720, 8, true],
    [upright, 720, 1280, 6, true],
    [{ prompt: "x", resolution: "1080P", duration: 4 }, 1920, 1080, 4, true],
    [
      { prompt: "x", resolution: "1080P", aspect_ratio: "9:16", duration: 4, generate_audio: false },
      1080,
      1920,
      4,
      false,
    ],
  ])("of %o is %i×%i and %i s long", async (body, width, height, seconds, audible) => {
    const clip = await readClip(await clipOf(body));
    expect(clip).toMatchObject({ codec: "avc", width, height, seconds, frames: seconds * 24 });
    expect(clip.mimeType).toMatch(/^video\/mp4; codecs="avc1\.[0-9a-f]{6}/i);
    expect(clip.timestamps.every((at, index) => Math.abs(at - index / 24) < 1e-6)).toBe(true);
    expect(clip.sound).toEqual(audible ? { codec: "aac", seconds, channels: 2 } : null);
  });

  it("is another for another prompt", async () => {
    const [one, other] = [await clipOf(lying), await clipOf(snow)];
    expect(difference(await decodeFrame(one, 0), await decodeFrame(other, 0))).toBeGreaterThan(10);
  });

  it("is the same file when it is rendered again", async () => {
    await using another = await startEmulator({ clock: "stepped" });
    const { video } = (await finish(another, snow)).body;
    const again = Buffer.from(await (await fetch(video.url)).arrayBuffer());
    expect(again.equals(await clipOf(snow))).toBe(true);
  });

  it("moves, and ends where it began", async () => {
    const clip = await clipOf(snow);
    const first = await decodeFrame(clip, 0);
    expect(difference(first, await decodeFrame(clip, 24))).toBeGreaterThan(4);
    // The second time round is the first again.
    expect(difference(first, await decodeFrame(clip, 48))).toBeLessThan(4);
  });

  it("has white words on a dark ground in its middle", async () => {
    const look = await decodeFrame(await clipOf(upright), 0);
    const row = Array.from(
      { length: 640 },
      (_place, x) => look(0.25 + x / 1280, 0.5).reduce((sum, v) => sum + v, 0) / 3,
    );
    const bright = row.filter((value) => value > 220).length;
    expect(bright).toBeGreaterThan(100);
    expect(row.filter((value) => value < 140).length).toBeGreaterThan(100);
  });

  it("begins with the first frame and ends with the last", async () => {
    const body = {
      prompt: "From red to blue",
      image_url: dataUri(plainImage("rgb(220, 20, 20)")),
      last_image_url: dataUri(plainImage("rgb(20, 20, 220)", "image/webp"), "image/webp"),
    };
    const clip = await clipOf({ ...body, duration: 4 });
    expect(await readClip(clip)).toMatchObject({ frames: 96, seconds: 4 });
    const first = await decodeFrame(clip, 0);
    const last = await decodeFrame(clip, 95);
    for (const place of [0.1, 0.5, 0.9]) {
      expect(distance(first(place, place), [220, 20, 20])).toBeLessThan(12);
      expect(distance(last(place, place), [20, 20, 220])).toBeLessThan(12);
    }
    expect(difference(first, await decodeFrame(clip, 47))).toBeGreaterThan(20);
  });
});

describe("Rendering", () => {
  it("is given up when the emulator is closed, and says so", async () => {
    const emulator = await startEmulator({ clock: "stepped" });
    const { video } = (await finish(emulator, { prompt: "never seen" })).body;
    const [file] = await Promise.allSettled([
      fetch(video.url),
      emulator.waitFor(({ type }) => type === "request").then(() => emulator.close()),
    ]);
    expect(file.status).toBe("rejected");
  });
});
