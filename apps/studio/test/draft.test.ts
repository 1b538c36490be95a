import { expect, test } from "vitest";
import { type Draft, EMPTY_DRAFT, parseUsd, toInput } from "../src/create/draft.ts";
import { keepDraft, readDraft } from "../src/create/draft-storage.ts";

const NOW = Date.parse("2026-11-22T09:00:00.000Z");

const FRAME = {
  url: "http://127.0.0.1:4000/uploads/a",
  width: 1280,
  height: 720,
  expiresAt: "2026-11-22T10:00:00.000Z",
};

/** Keeps what fits, as a browser does. */
function storageOf(room: number) {
  const kept = new Map<string, string>();
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem(key: string, value: string) {
      if (value.length > room) throw new DOMException("Full.", "QuotaExceededError");
      kept.set(key, value);
    },
  };
}

test("what was left empty is left out of the input", () => {
  expect(toInput({ ...EMPTY_DRAFT, prompt: "a boat" })).toEqual({
    prompt: "a boat",
    resolution: "P720",
    durationSeconds: 8,
    generateAudio: true,
    personGeneration: "ALLOW_ADULT",
  });
});

test("everything that can be asked for is asked for", () => {
  const draft: Draft = {
    prompt: "a boat",
    model: "google/veo-3.1-lite-generate-001",
    firstFrame: FRAME,
    lastFrame: { ...FRAME, url: "https://example.com/last.png" },
    aspectRatio: "PORTRAIT_9_16",
    resolution: "P1080",
    durationSeconds: 4,
    generateAudio: false,
    personGeneration: "DONT_ALLOW",
    externalId: " order-1 ",
    maxUsd: "$1,50",
  };
  expect(toInput(draft)).toEqual({
    prompt: "a boat",
    model: "google/veo-3.1-lite-generate-001",
    imageUrl: FRAME.url,
    lastImageUrl: "https://example.com/last.png",
    aspectRatio: "PORTRAIT_9_16",
    resolution: "P1080",
    durationSeconds: 4,
    generateAudio: false,
    personGeneration: "DONT_ALLOW",
    externalId: "order-1",
    maxUsd: 1.5,
  });
});

test.each([
  ["", null],
  ["  ", null],
  ["1.50", 1.5],
  ["$ 2", 2],
  ["0,40", 0.4],
  [".5", 0.5],
  ["a dollar", Number.NaN],
  ["1e3", Number.NaN],
  ["-1", Number.NaN],
  ["1,000.00", Number.NaN],
])("%j is %j dollars", (written, amount) => {
  expect(parseUsd(written)).toBe(amount);
});

test("a draft is read as it was kept, without frames that are gone", () => {
  const storage = storageOf(10_000);
  const draft: Draft = {
    ...EMPTY_DRAFT,
    prompt: "a boat",
    firstFrame: FRAME,
    lastFrame: { ...FRAME, expiresAt: "2026-11-22T09:00:00.000Z" },
  };
  keepDraft(storage, draft);
  expect(readDraft(storage, NOW)).toEqual({ ...draft, lastFrame: null });
});

test("where there is no room for the frames, all else is kept", () => {
  const storage = storageOf(1_000);
  const picture = { ...FRAME, url: `data:image/png;base64,${"A".repeat(2_000)}`, expiresAt: null };
  keepDraft(storage, { ...EMPTY_DRAFT, prompt: "a boat", firstFrame: picture });
  expect(readDraft(storage, NOW)).toEqual({ ...EMPTY_DRAFT, prompt: "a boat" });
});

test.each(["null", "[", "7", '"text"'])("what cannot be a draft is none: %s", (kept) => {
  expect(readDraft({ getItem: () => kept, setItem: () => {} }, NOW)).toEqual(EMPTY_DRAFT);
});

test("a browser that keeps nothing begins with an empty draft", () => {
  const refuses = () => {
    throw new DOMException("Not here.", "SecurityError");
  };
  keepDraft({ getItem: refuses, setItem: refuses }, EMPTY_DRAFT);
  expect(readDraft({ getItem: refuses, setItem: refuses }, NOW)).toEqual(EMPTY_DRAFT);
});
