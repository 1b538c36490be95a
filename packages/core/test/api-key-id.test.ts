import { expect, test } from "vitest";
import { isApiKeyId, newApiKeyId } from "../src/api-key-id.ts";
import { newVideoId } from "../src/video-id.ts";

test("a new id is key_ and 26 characters, and is never given twice", () => {
  const ids = Array.from({ length: 1_000 }, newApiKeyId);
  for (const id of ids) {
    expect(id).toMatch(/^key_[0-7][0-9a-hjkmnp-tv-z]{25}$/);
    expect(isApiKeyId(id)).toBe(true);
  }
  expect(new Set(ids).size).toBe(ids.length);
});

test.each(["", "key", "key_", "key_1", newVideoId(), newApiKeyId().toUpperCase(), `${newApiKeyId()}0`, "key_\0"])(
  "%j is no id of a key",
  (text) => {
    expect(isApiKeyId(text)).toBe(false);
  },
);
