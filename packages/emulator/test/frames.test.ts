import { once } from "node:events";
import { createServer } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ClipRequest, Emulator } from "../src/index.ts";
import { create, longEnoughMs, ownClip, startStepped, status } from "./calls.ts";
import { plainImage } from "./read-clip.ts";

const png = plainImage("rgb(1, 2, 3)");
const served: Record<string, { code: number; body: Buffer; location?: string }> = {
  "/good.png": { code: 200, body: png },
  "/missing.png": { code: 404, body: Buffer.from("no") },
  "/words.png": { code: 200, body: Buffer.from("These are words.") },
  "/half.png": { code: 200, body: png.subarray(0, png.length / 2) },
  "/moved.png": { code: 302, body: Buffer.alloc(0), location: "/good.png" },
};

describe("First and last frame", () => {
  const images = createServer((request, response) => {
    const { code, body, location } = served[request.url ?? ""] ?? { code: 500, body: Buffer.alloc(0) };
    response.writeHead(code, location ? { location } : {}).end(body);
  });
  let base: string;
  beforeAll(async () => {
    images.listen(0, "127.0.0.1");
    await once(images, "listening");
    const address = images.address();
    base = `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}`;
  });
  afterAll(() => {
    images.closeAllConnections();
    images.close();
  });

  async function ending(emulator: Emulator, body: object) {
    const { id } = (await create(emulator, body)).body;
    emulator.clock.advance(longEnoughMs);
    return (await status(emulator, id)).body;
  }

  it("are fetched, and reach the clip as they were", async () => {
    const asked: ClipRequest[] = [];
    await using emulator = await startStepped({
      clip: (request) => {
        asked.push(request);
        return ownClip;
      },
    });
    const last_image_url = `data:image/png;base64,${png.toString("base64")}`;
    const { status: code } = await ending(emulator, { image_url: `${base}/moved.png`, last_image_url });
    expect(code).toBe("completed");
    expect(
      asked.map(({ firstFrame, lastFrame }) =>
        [firstFrame, lastFrame].map((frame) => png.equals(frame ?? png.subarray(1))),
      ),
    ).toEqual([[true, true]]);
  });

  it.each(["/missing.png", "/words.png", "/half.png"])(
    "that cannot be used end the generation in error: %s",
    async (path) => {
      await using emulator = await startStepped();
      const body = await ending(emulator, { image_url: base + path });
      expect(body).toMatchObject({ status: "error", video: null, error: { name: "invalid_image" } });
      expect(body.error.message).toMatch(/^image_url /);
      expect(emulator.charges).toEqual([]);
    },
  );

  it("that cannot be reached end the generation in error", async () => {
    await using emulator = await startStepped();
    const body = await ending(emulator, { last_image_url: "http://127.0.0.1:1/a.png" });
    expect(body.error.message).toMatch(/^last_image_url could not be fetched/);
  });

  it("that are not images end the generation in error, also as data", async () => {
    await using emulator = await startStepped();
    const body = await ending(emulator, { image_url: "data:image/png;base64,AAAA" });
    expect(body.status).toBe("error");
  });
});
