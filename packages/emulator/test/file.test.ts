import { describe, expect, it } from "vitest";
import type { Emulator } from "../src/index.ts";
import { finish, ownClip, startStepped } from "./calls.ts";

async function finishedUrl(emulator: Emulator): Promise<string> {
  return (await finish(emulator)).body.video.url;
}

const bytes = async (response: Response) => new Uint8Array(await response.arrayBuffer());

describe("The file of a finished generation", () => {
  it("is served whole, without a key", async () => {
    await using emulator = await startStepped();
    const response = await fetch(await finishedUrl(emulator));
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "content-type": "video/mp4",
      "content-length": "1000",
      "accept-ranges": "bytes",
      etag: expect.stringMatching(/^"[\w-]+"$/),
      "x-inference-id": emulator.accepted[0]?.id,
    });
    expect(await bytes(response)).toEqual(ownClip);
  });

  it("answers HEAD like GET, without the bytes", async () => {
    await using emulator = await startStepped();
    const response = await fetch(await finishedUrl(emulator), { method: "HEAD" });
    expect(response.status).toBe(200);
    expect(response.headers.get("content-length")).toBe("1000");
    expect(await bytes(response)).toHaveLength(0);
  });

  it.each([
    ["bytes=0-99", 0, 99],
    ["bytes=990-", 990, 999],
    ["bytes=-10", 990, 999],
    ["bytes=500-5000", 500, 999],
  ])("answers Range: %s with 206", async (range, start, end) => {
    await using emulator = await startStepped();
    const response = await fetch(await finishedUrl(emulator), { headers: { range } });
    expect(response.status).toBe(206);
    expect(response.headers.get("content-range")).toBe(`bytes ${start}-${end}/1000`);
    expect(response.headers.get("content-length")).toBe(String(end - start + 1));
    expect(await bytes(response)).toEqual(ownClip.slice(start, end + 1));
  });

  it("answers a range beyond its end with 416", async () => {
    await using emulator = await startStepped();
    const response = await fetch(await finishedUrl(emulator), { headers: { range: "bytes=1000-" } });
    expect(response.status).toBe(416);
    expect(response.headers.get("content-range")).toBe("bytes */1000");
    expect(await response.json()).toMatchObject({ statusCode: 416 });
  });

  it.each(["bytes=5-2", "bytes=x", "lines=1-2", "bytes=0-1,10-11"])(
    "ignores a range it need not serve: %s",
    async (range) => {
      await using emulator = await startStepped();
      const response = await fetch(await finishedUrl(emulator), { headers: { range } });
      expect([response.status, (await bytes(response)).length]).toEqual([
        range === "bytes=5-2" ? 416 : 200,
        expect.any(Number),
      ]);
    },
  );

  it("honours If-Range", async () => {
    await using emulator = await startStepped();
    const url = await finishedUrl(emulator);
    const etag = (await fetch(url, { method: "HEAD" })).headers.get("etag") ?? "";
    const withTag = (tag: string) => fetch(url, { headers: { range: "bytes=0-0", "if-range": tag } });
    expect((await withTag(etag)).status).toBe(206);
    expect((await withTag('"other"')).status).toBe(200);
  });

  it("is 403 once its URL has expired", async () => {
    await using emulator = await startStepped({ fileLifetimeMs: 3_600_000 });
    const url = await finishedUrl(emulator);
    const expires = Number(new URL(url).searchParams.get("Expires")) * 1000;
    emulator.clock.advance(expires - emulator.clock.now() - 1);
    expect((await fetch(url)).status).toBe(200);
    emulator.clock.advance(1001);
    expect((await fetch(url)).status).toBe(403);
  });

  it("is 404 under another name", async () => {
    await using emulator = await startStepped();
    expect((await fetch(`${emulator.url}/generations/other.mp4`)).status).toBe(404);
  });

  it("may be made for each request by one's own function", async () => {
    const asked: object[] = [];
    await using emulator = await startStepped({
      clip: (request) => {
        asked.push(request);
        return new TextEncoder().encode(request.prompt);
      },
    });
    const { body } = await finish(emulator, { prompt: "mine", duration: 4, resolution: "1080P", aspect_ratio: "9:16" });
    expect(await (await fetch(body.video.url)).text()).toBe("mine");
    const shape = { width: 1080, height: 1920, seconds: 4, sound: true, firstFrame: null, lastFrame: null };
    expect(asked).toEqual([{ prompt: "mine", ...shape }]);
  });

  it("is made again once memory has forgotten it", async () => {
    let made = 0;
    const clip = (): Uint8Array => {
      made += 1;
      return ownClip;
    };
    await using emulator = await startStepped({ clip, clipMemoryBytes: 1500 });
    const first = (await finish(emulator, { prompt: "one" })).body.video.url;
    const second = (await finish(emulator, { prompt: "two" })).body.video.url;
    await fetch(second);
    expect(made).toBe(2);
    expect(await bytes(await fetch(first))).toEqual(ownClip);
    expect(made).toBe(3);
  });

  it("is 500 if it could not be made", async () => {
    await using emulator = await startStepped({
      clip: () => {
        throw new Error("no film in the camera");
      },
    });
    const response = await fetch(await finishedUrl(emulator));
    expect(response.status).toBe(500);
    expect(await response.json()).toMatchObject({ message: "no film in the camera" });
  });
});
