import { describe, expect, test } from "vitest";
import { ApiError } from "../src/api-error.ts";
import { parseCreateVideoInput } from "../src/create-video-input.ts";
import { MAX_PROMPT_CHARACTERS, MODELS } from "../src/models.ts";
import { ASPECT_RATIOS, DURATIONS_SECONDS, PERSON_GENERATIONS, RESOLUTIONS } from "../src/video.ts";

const prompt = "A paper boat";

/** The problems of an input, as `path: message`. */
function problems(input: unknown): string[] {
  try {
    parseCreateVideoInput(input);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    expect(error.code).toBe("BAD_INPUT");
    return error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  }
  return [];
}

describe("what is filled in", () => {
  const filled = {
    request: {
      model: "google/veo-3.1-lite-generate-001",
      prompt,
      imageUrl: null,
      lastImageUrl: null,
      aspectRatio: null,
      resolution: "P720",
      durationSeconds: 8,
      generateAudio: true,
      personGeneration: "ALLOW_ADULT",
    },
    idempotencyKey: null,
    externalId: null,
    maxUsd: null,
    callbackUrl: null,
  };

  test("only a prompt is needed", () => {
    expect(parseCreateVideoInput({ prompt })).toEqual(filled);
  });

  test("null means left out", () => {
    const left = { ...filled.request, model: null, resolution: null, durationSeconds: null, generateAudio: null };
    const ours = { idempotencyKey: null, externalId: null, maxUsd: null, callbackUrl: null };
    expect(parseCreateVideoInput({ ...left, personGeneration: null, ...ours })).toEqual(filled);
  });

  test("undefined means left out", () => {
    expect(parseCreateVideoInput({ prompt, model: undefined, imageUrl: undefined, externalId: undefined })).toEqual(
      filled,
    );
  });

  test("what is given is kept", () => {
    const given = {
      prompt: "  spaces kept ",
      imageUrl: "https://example.com/a.png",
      lastImageUrl: "http://example.com/b.png",
      aspectRatio: "PORTRAIT_9_16",
      resolution: "P1080",
      durationSeconds: 4,
      generateAudio: false,
      personGeneration: "DONT_ALLOW",
    };
    const callbackUrl = "https://example.com/callbacks/order-1042";
    const ours = { idempotencyKey: "key", externalId: "id", maxUsd: 0.5, callbackUrl };
    const accepted = parseCreateVideoInput({ ...given, ...ours });
    expect(accepted).toEqual({ request: { ...filled.request, ...given }, ...ours });
  });

  test.each([1_000_000, 1, 0.000_001, Number.MIN_VALUE])("at most %s US dollars", (maxUsd) => {
    expect(parseCreateVideoInput({ prompt, maxUsd }).maxUsd).toBe(maxUsd);
  });

  test.each(MODELS.flatMap(({ id, aliases }) => [id, ...aliases].map((name) => [name, id])))(
    "model %s is %s",
    (name, id) => {
      expect(parseCreateVideoInput({ prompt, model: name }).request.model).toBe(id);
    },
  );
});

describe("nothing is held more strictly than the upstream documents", () => {
  const combinations = [null, ...ASPECT_RATIOS].flatMap((aspectRatio) =>
    RESOLUTIONS.flatMap((resolution) =>
      DURATIONS_SECONDS.flatMap((durationSeconds) =>
        [true, false].flatMap((generateAudio) =>
          PERSON_GENERATIONS.map((personGeneration) => ({
            aspectRatio,
            resolution,
            durationSeconds,
            generateAudio,
            personGeneration,
          })),
        ),
      ),
    ),
  );
  const image = "https://example.com/a.png";
  test.each([
    ["no frame", {}],
    ["a first frame", { imageUrl: image }],
    ["a last frame without a first", { lastImageUrl: image }],
    ["both frames", { imageUrl: image, lastImageUrl: image }],
  ])(`every combination with %s`, (_, frames) => {
    for (const combination of combinations) expect(problems({ prompt, ...combination, ...frames })).toEqual([]);
    expect(combinations).toHaveLength(72);
  });

  test.each(["x", "日本語", "🎬", "a\nb", "x".repeat(MAX_PROMPT_CHARACTERS)])("any prompt", (prompt) => {
    expect(problems({ prompt })).toEqual([]);
  });
});

describe("every problem is told, with its path and what to do", () => {
  test.each([
    [{}, ["prompt: Say what the video should show."]],
    [{ prompt: null }, ["prompt: Say what the video should show."]],
    [{ prompt: 5 }, ["prompt: Say what the video should show."]],
    [{ prompt: "" }, ["prompt: Say what the video should show; the prompt is empty."]],
    [{ prompt: " \n" }, ["prompt: Say what the video should show; the prompt is empty."]],
    [{ prompt: "x".repeat(20_001) }, ["prompt: The prompt must be at most 20000 characters."]],
    [{ prompt, model: "sora" }, ["model: Unknown model. Choose google/veo-3.1-lite-generate-001."]],
    [{ prompt, model: 5 }, ["model: A model is named by its id."]],
    [{ prompt, aspectRatio: "16:9" }, ["aspectRatio: Choose LANDSCAPE_16_9 or PORTRAIT_9_16."]],
    [{ prompt, resolution: "720P" }, ["resolution: Choose P720 or P1080."]],
    [{ prompt, durationSeconds: 5 }, ["durationSeconds: The length must be 4, 6 or 8 seconds."]],
    [{ prompt, durationSeconds: "8" }, ["durationSeconds: The length must be 4, 6 or 8 seconds."]],
    [{ prompt, generateAudio: "yes" }, ["generateAudio: generateAudio must be true or false."]],
    [{ prompt, personGeneration: "dont_allow" }, ["personGeneration: Choose DONT_ALLOW or ALLOW_ADULT."]],
    [{ prompt, idempotencyKey: "" }, ["idempotencyKey: The idempotency key must not be empty; leave it out instead."]],
    [{ prompt, externalId: "x".repeat(256) }, ["externalId: The external id must be at most 255 characters."]],
    [{ prompt, externalId: 5 }, ["externalId: The external id must be text."]],
    ...[0, -1, 1_000_000.01, Number.NaN, Number.POSITIVE_INFINITY, "1"].map((maxUsd): [object, string[]] => [
      { prompt, maxUsd },
      ["maxUsd: maxUsd must be US dollars: a number greater than 0, at most 1,000,000."],
    ]),
    [{ prompt, size: 1, seed: 2 }, [": Unknown field: size, seed."]],
  ])("%o", (input, expected) => {
    expect(problems(input)).toEqual(expected);
  });

  test.each([undefined, null, "A paper boat", 5, [], ["A paper boat"]])("not an input: %o", (input) => {
    expect(problems(input)).toEqual([": The input must be an object with at least a prompt."]);
  });

  test("all at once", () => {
    const paths = problems({
      prompt: "",
      model: "sora",
      imageUrl: "nothing",
      lastImageUrl: 5,
      aspectRatio: "square",
      resolution: "4K",
      durationSeconds: 60,
      generateAudio: 1,
      personGeneration: "all",
      idempotencyKey: "",
      externalId: "",
      maxUsd: 0,
      seed: 1,
    }).map((problem) => problem.split(":")[0]);
    expect(paths.sort()).toEqual([
      "",
      "aspectRatio",
      "durationSeconds",
      "externalId",
      "generateAudio",
      "idempotencyKey",
      "imageUrl",
      "lastImageUrl",
      "maxUsd",
      "model",
      "personGeneration",
      "prompt",
      "resolution",
    ]);
  });

  test("the error's own message has all of them for people", () => {
    expect(() => parseCreateVideoInput({ prompt: "", durationSeconds: 5 })).toThrow(
      "prompt: Say what the video should show; the prompt is empty. durationSeconds: The length must be 4, 6 or 8 seconds.",
    );
  });

  test("names every object has are no fields and no models", () => {
    expect(problems({ prompt, constructor: 1 })).toEqual([": Unknown field: constructor."]);
    expect(problems({ prompt, model: "constructor" })).toHaveLength(1);
  });
});

describe("text that PostgreSQL cannot store", () => {
  test.each(["a\0b", "half \ud83d", "\udc00 half"])("%j is refused wherever it stands, all at once", (text) => {
    const found = problems({
      prompt: text,
      idempotencyKey: text,
      externalId: text,
      imageUrl: `https://example.com/${text}`,
    });
    expect(found.map((problem) => problem.split(":")[0])).toEqual([
      "prompt",
      "imageUrl",
      "idempotencyKey",
      "externalId",
    ]);
    expect(found.every((problem) => problem.includes("U+0000"))).toBe(true);
  });
});

test("an address to call back is held to what a webhook's is", () => {
  expect(problems({ prompt, callbackUrl: "example.com" })).toEqual([
    "callbackUrl: Give the http(s) address to send to.",
  ]);
});
