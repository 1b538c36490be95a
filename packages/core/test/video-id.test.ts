import { randomUUID } from "node:crypto";
import { afterEach, describe, expect, test, vi } from "vitest";
import { clientRequestId, newVideoId, videoIdFromUuid, videoIdToUuid } from "../src/video-id.ts";

afterEach(() => {
  vi.useRealTimers();
});

test("a new id is video_ and 26 characters, and is never given twice", () => {
  const ids = Array.from({ length: 1_000 }, newVideoId);
  for (const id of ids) expect(id).toMatch(/^video_[0-7][0-9a-hjkmnp-tv-z]{25}$/);
  expect(new Set(ids).size).toBe(ids.length);
});

test("ids sort by creation", () => {
  vi.useFakeTimers();
  const ids = [0, 1, 1_000, 86_400_000].map((ms) => {
    vi.setSystemTime(Date.UTC(2026, 10, 22) + ms);
    return newVideoId();
  });
  expect(ids.toSorted()).toEqual(ids);
});

test("an id and its UUID lead to each other", () => {
  for (let count = 0; count < 200; count++) {
    const id = newVideoId();
    const uuid = videoIdToUuid(id);
    expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(videoIdFromUuid(uuid ?? "")).toBe(id);
    const random = randomUUID();
    expect(videoIdToUuid(videoIdFromUuid(random))).toBe(random);
  }
  const ends = ["00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff"];
  for (const uuid of ends) expect(videoIdToUuid(videoIdFromUuid(uuid))).toBe(uuid);
});

describe("what is no video id", () => {
  test.each([
    "",
    "video",
    "video_",
    "01kaqg3v7hf0ctq9x2d3s8g4rn",
    "_01kaqg3v7hf0ctq9x2d3s8g4rn",
    "user_01kaqg3v7hf0ctq9x2d3s8g4rn",
    "my_video_01kaqg3v7hf0ctq9x2d3s8g4rn",
    "VIDEO_01kaqg3v7hf0ctq9x2d3s8g4rn",
    "video_01KAQG3V7HF0CTQ9X2D3S8G4RN",
    "video_01kaqg3v7hf0ctq9x2d3s8g4r",
    "video_01kaqg3v7hf0ctq9x2d3s8g4rnn",
    "video_01kaqg3v7hf0ctq9x2d3s8g4ru",
    "video_81kaqg3v7hf0ctq9x2d3s8g4rn",
    "video_01kaqg3v7hf0ctq9x2d3s8g4rn\n",
    " video_01kaqg3v7hf0ctq9x2d3s8g4rn",
    "video_01kaqg3v7hf0ctq9x2d3s8g4rn.1",
    "video_../../../etc/passwd.........",
    "00000000-0000-0000-0000-000000000000",
  ])("%j", (id) => {
    expect(videoIdToUuid(id)).toBeNull();
  });
});

test("a client request id is taken by the upstream, and tells the attempts apart (invariant 3)", () => {
  const id = newVideoId();
  expect(clientRequestId(id, 1)).toBe(`${id}.1`);
  expect(clientRequestId(id, 1_000_000)).toMatch(/^[A-Za-z0-9._:-]{1,128}$/);
  expect(clientRequestId(id, 1)).not.toBe(clientRequestId(id, 2));
});
