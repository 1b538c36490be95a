import { describe, expect, test } from "vitest";
import { API_ERROR_CODES, ApiError, type ApiErrorCode } from "../src/api-error.ts";
import { UPSTREAM_ERROR_CODES } from "../src/upstream/error.ts";
import { VIDEO_ERROR_CODES } from "../src/video.ts";

describe.each([
  ["ApiError", API_ERROR_CODES],
  ["VideoError", VIDEO_ERROR_CODES],
  ["UpstreamError", UPSTREAM_ERROR_CODES],
])("every code of %s", (_, codes) => {
  test.each(Object.entries(codes))("%s is a name and says what it means", (code, meaning) => {
    expect(code).toMatch(/^[A-Z]+(_[A-Z]+)*$/);
    expect(meaning).toMatch(/^[A-Z].*\.$/s);
  });

  test("means something of its own", () => {
    expect(new Set(Object.values(codes)).size).toBe(Object.keys(codes).length);
  });
});

describe("ApiError", () => {
  test.each(Object.keys(API_ERROR_CODES) as ApiErrorCode[])(
    "%s says its meaning where nothing else is said",
    (code) => {
      const error = new ApiError(code);
      expect(error).toBeInstanceOf(Error);
      expect(error).toMatchObject({ name: "ApiError", code, message: API_ERROR_CODES[code], issues: [] });
    },
  );

  test("BAD_INPUT has its issues, and all of them in its message", () => {
    const issues = [
      { path: ["prompt"], message: "Say something." },
      { path: ["list", 0, "url"], message: "Not an address." },
      { path: [], message: "Not an object." },
    ];
    const error = ApiError.badInput(issues);
    expect(error.issues).toEqual(issues);
    expect(error.message).toBe("prompt: Say something. list.0.url: Not an address. Not an object.");
  });
});
