import { describe, expect, test } from "vitest";
import { ApiError } from "../src/api-error.ts";
import { createVideoInputSchema, parseCreateVideoInput } from "../src/create-video-input.ts";
import { MAX_IMAGE_BYTES, MAX_URL_CHARACTERS } from "../src/models.ts";

/** What is wrong with an image, or `null`. */
function problem(imageUrl: string): string | null {
  const parsed = createVideoInputSchema.safeParse({ prompt: "A paper boat", imageUrl });
  return parsed.success ? null : parsed.error.issues.map(({ message }) => message).join(" ");
}

const dataUri = (bytes: number) => `data:image/png;base64,${Buffer.alloc(bytes, 0xa7).toString("base64")}`;

describe("addresses that are taken", () => {
  test.each([
    "https://example.com/a.png",
    "http://example.com/a.png",
    "HTTPS://EXAMPLE.COM/A.PNG",
    "https://example.com/a.png?signature=a%2Fb#part",
    "https://bücher.example/ä.png",
    "http://127.0.0.1:8080/a.png",
    `https://example.com/${"a".repeat(MAX_URL_CHARACTERS - 20)}`,
  ])("%.80s", (url) => {
    expect(problem(url)).toBeNull();
  });
});

describe("addresses that are not", () => {
  test.each([
    "",
    "a.png",
    "/a.png",
    "//example.com/a.png",
    "ftp://example.com/a.png",
    "file:///etc/passwd",
    "blob:https://example.com/1",
    "javascript:alert(1)",
    "https://",
  ])("%j", (url) => {
    expect(problem(url)).toBe("Give an http(s) address or a base64 data URI of an image.");
  });

  test("too long", () => {
    expect(problem(`https://example.com/${"a".repeat(MAX_URL_CHARACTERS)}`)).toBe(
      "An address must be at most 8192 characters.",
    );
  });

  test.each(["https://user:password@example.com/a.png", "https://user@example.com/a.png"])(
    "with a login: %s",
    (url) => {
      expect(problem(url)).toBe("The address must not carry a user name or password.");
    },
  );
});

describe("data URIs that are taken", () => {
  test.each([
    ["padded", "data:image/png;base64,iVBORw=="],
    ["padded once", "data:image/png;base64,iVBORw0="],
    ["not padded", "data:image/png;base64,iVBORw"],
    ["any image type", "data:image/svg+xml;base64,AAAA"],
    ["parameters", "data:image/jpeg;charset=utf-8;base64,AAAA"],
    ["any case", "DATA:Image/PNG;BASE64,AAAA"],
  ])("%s", (_, uri) => {
    expect(problem(uri)).toBeNull();
  });

  test("the largest", () => {
    expect(problem(dataUri(MAX_IMAGE_BYTES))).toBeNull();
  });
});

describe("data URIs that are not", () => {
  test.each([
    ["no image", "data:text/html;base64,AAAA"],
    ["no base64", "data:image/svg+xml,<svg/>"],
    ["no type", "data:;base64,AAAA"],
    ["no comma", "data:image/png;base64"],
    ["only the scheme", "data:"],
  ])("%s", (_, uri) => {
    expect(problem(uri)).toBe('A data URI must be a base64 image: "data:image/png;base64,…".');
  });

  test.each([
    ["empty", "data:image/png;base64,"],
    ["cut", "data:image/png;base64,AAAAA"],
    ["with a space", "data:image/png;base64,AAAA AAAA"],
    ["with a line break at its end", "data:image/png;base64,AAAA\n"],
    ["padded in the middle", "data:image/png;base64,AA==AAAA"],
    ["of another alphabet", "data:image/png;base64,AA-_"],
  ])("%s", (_, uri) => {
    expect(problem(uri)).toBe("The data URI's base64 is empty or damaged.");
  });

  test("too large", () => {
    const message = "The image must be at most 10 MiB; give an http(s) address for a larger one.";
    expect(problem(dataUri(MAX_IMAGE_BYTES + 3))).toBe(message);
    expect(problem(`data:image/png;base64,${"!".repeat(50_000_000)}`)).toBe(message);
  });

  test("damaged at the very end of the largest, told without repeating it", () => {
    try {
      parseCreateVideoInput({ prompt: "A paper boat", imageUrl: `${dataUri(MAX_IMAGE_BYTES).slice(0, -4)}!!!!` });
    } catch (error) {
      expect(error).toBeInstanceOf(ApiError);
      expect((error as ApiError).message).toBe("imageUrl: The data URI's base64 is empty or damaged.");
      return;
    }
    expect.unreachable();
  });
});
