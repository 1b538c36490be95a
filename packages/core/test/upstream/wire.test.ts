import { describe, expect, test } from "vitest";
import { toCreateBody, toGeneration } from "../../src/upstream/wire.ts";
import { REQUEST } from "./fixtures.ts";

describe("a request on the wire", () => {
  test("with everything", () => {
    const body = toCreateBody({
      ...REQUEST,
      imageUrl: "https://example.com/a.png",
      lastImageUrl: "data:image/png;base64,AAAA",
      aspectRatio: "PORTRAIT_9_16",
      resolution: "P1080",
      durationSeconds: 4,
      generateAudio: false,
      personGeneration: "DONT_ALLOW",
    });
    expect(body).toEqual({
      model: "google/veo-3.1-lite-generate-001",
      prompt: "A paper boat",
      image_url: "https://example.com/a.png",
      last_image_url: "data:image/png;base64,AAAA",
      aspect_ratio: "9:16",
      resolution: "1080P",
      duration: 4,
      generate_audio: false,
      person_generation: "dont_allow",
    });
  });

  test("what is left to the upstream is not sent, not even as null", () => {
    const sent = JSON.parse(JSON.stringify(toCreateBody(REQUEST)));
    expect(Object.keys(sent).sort()).toEqual([
      "duration",
      "generate_audio",
      "model",
      "person_generation",
      "prompt",
      "resolution",
    ]);
  });

  test.each([
    ["veo-3.1-lite-generate-001", "google/veo-3.1-lite-generate-001"],
    ["somebody/new-model", "somebody/new-model"],
  ])("model %s is sent as %s", (model, sent) => {
    expect(toCreateBody({ ...REQUEST, model }).model).toBe(sent);
  });
});

describe("an answer from the wire", () => {
  test("as documented", () => {
    expect(
      toGeneration({
        id: "a",
        status: "completed",
        video: { url: "https://cdn.example.com/a.mp4" },
        error: null,
        meta: { usage: { credits_used: 120_000, usd_spent: 0.06 } },
      }),
    ).toEqual({
      id: "a",
      status: "completed",
      url: "https://cdn.example.com/a.mp4",
      error: null,
      usage: { creditsUsed: 120_000, usdSpent: 0.06 },
    });
  });

  test.each([
    ["queued", "queued"],
    ["generating", "generating"],
    ["completed", "completed"],
    ["error", "error"],
    ["Completed", "completed"],
    [" QUEUED ", "queued"],
    ["moderating", "unknown"],
    ["", "unknown"],
    [null, "unknown"],
    [undefined, "unknown"],
    [7, "unknown"],
  ])("status %j is %s", (status, expected) => {
    expect(toGeneration({ id: "a", status })?.status).toBe(expected);
  });

  test.each([
    [undefined, null],
    [null, null],
    [{}, null],
    ["https://cdn.example.com/a.mp4", null],
    [{ url: null }, null],
    [{ url: "" }, null],
    [{ url: "/relative.mp4" }, null],
    [{ url: "file:///etc/passwd" }, null],
    [{ url: "http://cdn.example.com/a.mp4", type: "mp4" }, "http://cdn.example.com/a.mp4"],
  ])("video %j has the address %j", (video, url) => {
    expect(toGeneration({ id: "a", status: "completed", video })?.url).toBe(url);
  });

  test.each([
    [undefined, null],
    [null, null],
    [{}, null],
    [[], null],
    [5, null],
    [
      { name: "policy", message: "No." },
      { name: "policy", message: "No." },
    ],
    [{ message: "No." }, { name: "error", message: "No." }],
    [
      { name: "policy", message: null },
      { name: "policy", message: "no reason given" },
    ],
    ["No.", { name: "error", message: "No." }],
    [
      { name: "policy", message: `data:image/png;base64,${"A".repeat(5_000)} is bad` },
      { name: "policy", message: "data:… is bad" },
    ],
  ])("error %j is %j", (error, expected) => {
    expect(toGeneration({ id: "a", status: "error", error })?.error).toEqual(expected);
  });

  test.each([
    [undefined, null],
    [null, null],
    [{}, null],
    [{ usage: null }, null],
    [{ usage: {} }, null],
    [{ usage: { credits_used: 10 } }, { creditsUsed: 10, usdSpent: null }],
    [{ usage: { credits_used: "1e1", usd_spent: "0.5" } }, { creditsUsed: 10, usdSpent: 0.5 }],
    [{ usage: { credits_used: 10, usd_spent: "free" } }, { creditsUsed: 10, usdSpent: null }],
    [{ usage: { usd_spent: 0.5 } }, { creditsUsed: 1_000_000, usdSpent: 0.5 }],
    [{ usage: { credits_used: "", usd_spent: true } }, null],
  ])("meta %j is usage %j (assumption A6)", (meta, usage) => {
    expect(toGeneration({ id: "a", status: "completed", meta })?.usage).toEqual(usage);
  });

  test.each([undefined, null, "text", 5, [], {}, { id: "" }, { id: null }, { id: {} }])(
    "%j names no generation",
    (body) => {
      expect(toGeneration(body)).toBeNull();
    },
  );

  test("a numeric id, and one that is known already", () => {
    expect(toGeneration({ id: 42 })?.id).toBe("42");
    expect(toGeneration({}, "known")?.id).toBe("known");
    expect(toGeneration({ id: "own" }, "known")?.id).toBe("own");
  });
});
