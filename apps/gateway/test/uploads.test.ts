import { afterAll, beforeAll, expect, test } from "vitest";
import { solidPng } from "./solid-png.ts";
import { CREATE_VIDEO, startTestGateway, type TestGateway } from "./test-gateway.ts";

let on: TestGateway;
beforeAll(async () => {
  on = await startTestGateway({ emulator: { clock: "real", durationMs: 50 } });
});
afterAll(() => on[Symbol.asyncDispose]());

const upload = (body: BodyInit, headers: Record<string, string> = {}) =>
  fetch(`${on.url}/uploads`, { method: "POST", body, headers });

test("an image is uploaded, shown, and handed upstream as data", async () => {
  const image = solidPng();
  const response = await upload(image);
  expect(response.status).toBe(201);
  const { url, ...told } = await response.json();
  expect(told).toEqual({
    contentType: "image/png",
    width: 1280,
    height: 720,
    bytes: image.length,
    expiresAt: expect.any(String),
  });
  const shown = await fetch(url);
  expect(shown.status).toBe(200);
  expect(Buffer.from(await shown.arrayBuffer()).equals(image)).toBe(true);
  const { data, errors } = await on.graphql(CREATE_VIDEO, { input: { prompt: "a boat", imageUrl: url } });
  expect(errors).toBeUndefined();
  const { id } = data.createVideo.video;
  await on.emulator.until(() => on.emulator.accepted.length > 0);
  expect(on.emulator.accepted[0]?.body.image_url).toBe(`data:image/png;base64,${image.toString("base64")}`);
  expect(id).toBeDefined();
});
