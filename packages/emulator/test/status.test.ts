import { describe, expect, it } from "vitest";
import { call, create, finish, longEnoughMs, startStepped, status } from "./calls.ts";

describe("GET /v2/video/generations", () => {
  it("goes from queued over generating to completed as time passes", async () => {
    await using emulator = await startStepped({ durationMs: 10_000 });
    const { id } = (await create(emulator)).body;
    const at = async (advanceMs: number) => {
      emulator.clock.advance(advanceMs);
      return (await status(emulator, id)).body;
    };
    expect(await at(999)).toMatchObject({ id, status: "queued", video: null });
    expect(await at(1)).toMatchObject({ id, status: "generating", video: null });
    expect(await at(8_999)).toMatchObject({ id, status: "generating", video: null });
    const completed = await at(1);
    expect(completed).toEqual({
      id,
      status: "completed",
      video: { url: expect.stringMatching(`^${emulator.url}/generations/[\\w-]+\\.mp4\\?Expires=\\d+$`) },
      error: null,
      meta: { usage: { credits_used: 1_040_000, usd_spent: 0.52 } },
    });
    expect(await at(longEnoughMs)).toEqual(completed);
  });

  it("carries the generation's id as inference id", async () => {
    await using emulator = await startStepped();
    const { body, headers } = await finish(emulator);
    expect(headers.get("x-inference-id")).toBe(body.id);
    expect(emulator.requests.at(-1)).toMatchObject({ endpoint: "status", generationId: body.id, status: 200 });
  });

  it("is 404 for an id nobody was given", async () => {
    await using emulator = await startStepped();
    expect((await status(emulator, "nobody")).status).toBe(404);
  });

  it.each(["", "?generation_id=", "?generation_id=a&generation_id=b"])("is 400 without one id: %s", async (query) => {
    await using emulator = await startStepped();
    const { status: code, body } = await call(emulator, `/v2/video/generations${query}`);
    expect(code).toBe(400);
    expect(body.message).toMatch(/generation_id: Expected string, received /);
  });

  it("prices by resolution and seconds", async () => {
    await using emulator = await startStepped();
    const usd = async (body: object) => (await finish(emulator, body)).body.meta.usage.usd_spent;
    expect(await usd({ duration: 4 })).toBe(0.26);
    expect(await usd({ duration: 6, resolution: "1080P" })).toBe(0.624);
  });

  it("puts a public URL in front of files if told to", async () => {
    await using emulator = await startStepped({ publicUrl: "https://cdn.example/" });
    expect((await finish(emulator)).body.video.url).toMatch(/^https:\/\/cdn\.example\/generations\//);
  });
});
