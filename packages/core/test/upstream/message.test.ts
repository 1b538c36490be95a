import { expect, test } from "vitest";
import { messageOf, tidy } from "../../src/upstream/message.ts";

test.each([
  [{ message: "No such model.", statusCode: "400" }, "No such model."],
  [{ message: ["a is bad.", "b is bad."] }, "a is bad. b is bad."],
  [{ error: { message: "Inner." } }, "Inner."],
  [{ error: "Text." }, "Text."],
  [{ message: "", detail: "Detail." }, "Detail."],
  [{ message: { odd: true }, error: "Text." }, "Text."],
  ["Plain text.", "Plain text."],
  [" <html>Bad gateway</html>", null],
  ["", null],
  [{}, null],
  [[], null],
  [null, null],
  [undefined, null],
  [5, null],
])("%j says %j", (body, message) => {
  expect(messageOf(body)).toBe(message);
});

test.each([
  ["before data:image/png;base64,AAAA/+== after", "before data:… after"],
  ["DATA:image/svg+xml;charset=utf-8;base64,AAAA.", "data:…."],
  [`received "${"QUJD".repeat(100)}"`, 'received "…"'],
  ["see https://example.com/a/b?c=d", "see https://example.com/a/b?c=d"],
])("%j is cut to %j", (text, expected) => {
  expect(tidy(text)).toBe(expected);
});

test("a message of any length comes out at most 500 characters long, at once", () => {
  expect(tidy("word ".repeat(1_000))).toHaveLength(500);
  expect(tidy(`Bad image data:image/png;base64,${"A".repeat(20_000_000)}`)).toBe("Bad image data:…");
});
