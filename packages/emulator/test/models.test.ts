import { describe, expect, it } from "vitest";
import { call, finish, startStepped } from "./calls.ts";

const ids = (data: { id: string }[]) => data.map(({ id }) => id);

describe("GET /v1/models", () => {
  it("quotes the model's price, without a key", async () => {
    await using emulator = await startStepped();
    const response = await fetch(`${emulator.url}/v1/models?id=veo-3.1-lite-generate-001&include=pricing`);
    expect(await response.json()).toEqual({
      object: "list",
      data: [
        {
          id: "google/veo-3.1-lite-generate-001",
          aliases: ["veo-3.1-lite-generate-001"],
          type: "video",
          info: expect.objectContaining({ name: "Veo 3.1 Lite", developer: "Google" }),
          tags: ["playground:video"],
          pricing: {
            kind: "variants",
            currency: "USD",
            dimensions: ["resolution"],
            variants: [
              { when: { resolution: "720p" }, price: 0.065, unit: "second", per: 1 },
              { when: { resolution: "1080p" }, price: 0.104, unit: "second", per: 1 },
            ],
          },
        },
      ],
    });
  });

  it("answers 304 to the ETag of the same answer only", async () => {
    await using emulator = await startStepped();
    const { headers } = await call(emulator, "/v1/models");
    const etag = headers.get("etag") ?? "";
    const again = await call(emulator, "/v1/models", { headers: { "if-none-match": etag } });
    expect([again.status, again.body, again.headers.get("etag")]).toEqual([304, null, etag]);
    const other = await call(emulator, "/v1/models?include=all", { headers: { "if-none-match": etag } });
    expect(other.status).toBe(200);
  });

  it.each([
    ["id=chat,emulator/video", ["emulator/chat", "emulator/video"]],
    ["id=chat&id=nobody", ["emulator/chat"]],
    ["type=video", ["google/veo-3.1-lite-generate-001", "emulator/video"]],
    ["tags=playground:chat", ["emulator/chat"]],
    ["modalities=image", ["google/veo-3.1-lite-generate-001"]],
    ["input_modalities=image", ["google/veo-3.1-lite-generate-001"]],
    ["output_modalities=text", ["emulator/chat"]],
    ["capabilities=text_to_video&type=video", ["google/veo-3.1-lite-generate-001", "emulator/video"]],
    ["capabilities=streaming&type=video", []],
    ["include=nonsense", ["google/veo-3.1-lite-generate-001", "emulator/chat", "emulator/video"]],
  ])("filters by %s", async (query, expected) => {
    await using emulator = await startStepped();
    expect(ids((await call(emulator, `/v1/models?${query}`)).body.data)).toEqual(expected);
  });

  it("attaches sections only if asked for", async () => {
    await using emulator = await startStepped();
    const keys = async (query: string) => Object.keys((await call(emulator, `/v1/models?${query}`)).body.data[0]);
    const always = ["id", "aliases", "type", "info", "tags"];
    expect(await keys("")).toEqual(always);
    expect(await keys("include=capabilities,modalities")).toEqual([...always, "modalities", "capabilities"]);
    expect(await keys("details=true")).toEqual([...always, "modalities", "capabilities", "pricing"]);
  });
});

describe("GET /models/metrics", () => {
  it("measures the generations completed in the last five minutes, without a key", async () => {
    await using emulator = await startStepped({ durationMs: 60_000 });
    const noKey = { headers: { authorization: "" } };
    const metrics = async (query = "") => (await call(emulator, `/models/metrics${query}`, noKey)).body.models;
    expect(await metrics()).toEqual([]);
    await finish(emulator, {});
    expect(await metrics()).toEqual([]);
    await call(emulator, "/v2/video/generations", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ model: "veo-3.1-lite-generate-001", prompt: "x" }),
    });
    emulator.clock.advance(61_000);
    const measured = [
      {
        alias: "google/veo-3.1-lite-generate-001",
        endpoint: "/v2/video/generations",
        metrics: { duration_ms: { p50: 60_000, p75: 60_000, p90: 60_000, p99: 60_000 } },
      },
    ];
    expect(await metrics()).toEqual(measured);
    expect(await metrics("?aliases=a&aliases=google/veo-3.1-lite-generate-001")).toEqual(measured);
    expect(await metrics("?aliases=a,google/veo-3.1-lite-generate-001")).toEqual([]);
  });

  it("refuses any other query parameter", async () => {
    await using emulator = await startStepped();
    expect((await fetch(`${emulator.url}/models/metrics?alias=x`)).status).toBe(400);
  });
});
