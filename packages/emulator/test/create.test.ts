import { describe, expect, it } from "vitest";
import { call, create, goodBody, startStepped } from "./calls.ts";

describe("POST /v2/video/generations", () => {
  it("answers with a queued generation and remembers what was asked for", async () => {
    await using emulator = await startStepped();
    const { status, body, headers } = await create(emulator, { duration: 4, aspect_ratio: "9:16" });
    expect(status).toBe(200);
    expect(body).toEqual({
      id: expect.stringMatching(/^[\w-]{21}$/),
      status: "queued",
      video: null,
      error: null,
      meta: null,
    });
    expect(headers.get("x-inference-id")).toBe(body.id);
    expect(emulator.accepted).toMatchObject([
      {
        id: body.id,
        clientRequestId: null,
        body: {
          ...goodBody,
          duration: 4,
          aspect_ratio: "9:16",
          resolution: "720P",
          generate_audio: true,
          person_generation: "allow_adult",
        },
      },
    ]);
  });

  it.each(["google/veo-3.1-lite-generate-001", "veo-3.1-lite-generate-001"])("knows the model as %s", async (model) => {
    await using emulator = await startStepped();
    expect((await create(emulator, { model })).status).toBe(200);
  });

  it("ignores fields the schema does not name", async () => {
    await using emulator = await startStepped();
    expect((await create(emulator, { tail_image_url: "https://example.com/a.png", seed: 1 })).status).toBe(200);
    expect(emulator.accepted[0]?.body).not.toHaveProperty("seed");
  });

  it.each([
    ["no model", { model: undefined }, "model: Expected"],
    ["an unknown model", { model: "veo-2" }, "received 'veo-2'"],
    ["no prompt", { prompt: undefined }, "prompt: Expected string, received undefined"],
    ["an empty prompt", { prompt: " " }, "prompt: Expected a non-empty string, received ' '"],
    ["a prompt that is no string", { prompt: 7 }, "prompt: Expected string, received number"],
    ["a duration that is a string", { duration: "8" }, "duration: Expected 4 | 6 | 8, received '8'"],
    ["a duration that is not offered", { duration: 5 }, "duration: Expected 4 | 6 | 8, received 5"],
    ["a resolution in small letters", { resolution: "720p" }, "resolution: Expected '720P' | '1080P', received '720p'"],
    ["a square", { aspect_ratio: "1:1" }, "aspect_ratio: Expected '16:9' | '9:16', received '1:1'"],
    ["a null", { aspect_ratio: null }, "aspect_ratio: Expected '16:9' | '9:16', received null"],
    ["audio as a string", { generate_audio: "yes" }, "generate_audio: Expected boolean, received string"],
    ["an unknown rule for people", { person_generation: "allow_all" }, "person_generation: Expected"],
    [
      "a relative image",
      { image_url: "a.png" },
      "image_url: Expected an http(s) or base64 data: URI, received 'a.png'",
    ],
    ["an image elsewhere", { last_image_url: "ftp://a/b.png" }, "last_image_url: Expected"],
    ["data that is not base64", { image_url: "data:image/svg+xml,<svg/>" }, "image_url: Expected"],
  ])("refuses %s with a hint", async (_what, change, hint) => {
    await using emulator = await startStepped();
    const { status, body } = await create(emulator, change);
    expect(status).toBe(400);
    expect(body.message).toContain(hint);
    expect(body.message).toMatch(/Expected .* received /);
    expect(emulator.accepted).toEqual([]);
  });

  it.each([
    ["text that is not JSON", { "content-type": "application/json" }, "{"],
    ["another media type", { "content-type": "text/plain" }, "hello"],
    ["no body at all", { "content-type": "application/json" }, ""],
  ])("refuses %s", async (_what, headers, body) => {
    await using emulator = await startStepped();
    const answer = await call(emulator, "/v2/video/generations", { method: "POST", headers, body });
    expect(answer.status).toBe(400);
    expect(answer.body.message).toMatch(/Expected .* received /);
  });

  it("has one shape for every error, and an inference id of its own", async () => {
    await using emulator = await startStepped();
    const { body, headers } = await create(emulator, { duration: 5 });
    expect(body).toEqual({
      message: expect.any(String),
      path: "/v2/video/generations",
      requestId: expect.any(String),
      statusCode: 400,
      timestamp: new Date(emulator.clock.now()).toISOString(),
    });
    expect(headers.get("x-inference-id")).toMatch(/^[\w-]{21}$/);
  });

  it("refuses what the balance does not cover, counting generations under way", async () => {
    await using emulator = await startStepped({ balanceUsd: 1 });
    expect((await create(emulator)).status).toBe(200);
    const { status, body } = await create(emulator);
    expect(status).toBe(403);
    expect(body.message).toContain("run out of credits");
    expect(emulator.accepted).toHaveLength(1);
  });

  it("refuses a body beyond 64 MiB", async () => {
    await using emulator = await startStepped();
    expect((await create(emulator, { prompt: "x".repeat(64 * 1024 * 1024) })).status).toBe(413);
  });
});

describe("Authorization", () => {
  const keyed = ["/v2/video/generations?generation_id=x", "/v2/logs", "/v2/billing", "/v2/billing/transactions"];

  it.each(keyed)("is asked for at %s", async (path) => {
    await using emulator = await startStepped();
    expect((await fetch(emulator.url + path)).status).toBe(401);
    expect((await call(emulator, path, { headers: { authorization: "Bearer wrong" } })).status).toBe(401);
    expect((await call(emulator, path, { headers: { authorization: emulator.apiKey } })).status).toBe(401);
  });

  it("comes before the body", async () => {
    await using emulator = await startStepped();
    expect((await create(emulator, { model: 1 }, { authorization: "Bearer wrong" })).status).toBe(401);
    expect(emulator.accepted).toEqual([]);
  });

  it("accepts each key of a list", async () => {
    await using emulator = await startStepped({ apiKey: ["one", "two"] });
    expect(emulator.apiKey).toBe("one");
    expect((await create(emulator, {}, { authorization: "Bearer two" })).status).toBe(200);
  });
});

describe("X-Client-Request-Id", () => {
  it.each(["a", "video_1:attempt-2.b", "x".repeat(128)])("is echoed and stored: %s", async (id) => {
    await using emulator = await startStepped();
    const { headers } = await create(emulator, {}, { "x-client-request-id": id });
    expect(headers.get("x-client-request-id")).toBe(id);
    expect(emulator.accepted[0]?.clientRequestId).toBe(id);
    expect(emulator.requests[0]?.clientRequestId).toBe(id);
  });

  it.each(["with space", "slash/", "x".repeat(129)])("is silently dropped if invalid: %s", async (id) => {
    await using emulator = await startStepped();
    const { status, headers } = await create(emulator, {}, { "x-client-request-id": id });
    expect(status).toBe(200);
    expect(headers.get("x-client-request-id")).toBeNull();
    expect(emulator.accepted[0]?.clientRequestId).toBeNull();
  });
});

describe("An unknown endpoint", () => {
  it.each([
    ["GET", "/v2/video"],
    ["DELETE", "/v2/video/generations"],
    ["POST", "/v2/logs"],
  ])("%s %s is 404", async (method, path) => {
    await using emulator = await startStepped();
    const { status, body } = await call(emulator, path, { method });
    expect(status).toBe(404);
    expect(body).toMatchObject({ statusCode: 404, path, message: `Cannot ${method} ${path}` });
    expect(emulator.requestCounts.unknown).toBe(1);
  });
});
