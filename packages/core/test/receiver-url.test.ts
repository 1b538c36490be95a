import { expect, test } from "vitest";
import { MAX_URL_CHARACTERS } from "../src/models.ts";
import { receiverUrl } from "../src/receiver-url.ts";

const long = (characters: number) => "https://example.com/".padEnd(characters, "a");

test.each([
  "https://example.com",
  "http://example.com:8080/hooks?token=abc#here",
  "https://hooks.zapier.com/hooks/standard/123/456/",
  "http://127.0.0.1:5678/webhook-waiting/12?signature=a",
  "http://[::1]/",
  "https://bücher.example/é?q=雨",
  long(MAX_URL_CHARACTERS),
])("is taken as it is written: %.60s", (url) => {
  expect(receiverUrl.parse(url)).toBe(url);
});

test.each<[value: unknown, message: string]>([
  [undefined, "Give the address to send to, as text."],
  [null, "Give the address to send to, as text."],
  [17, "Give the address to send to, as text."],
  ["", "Give the http(s) address to send to."],
  ["example.com/hook", "Give the http(s) address to send to."],
  ["/hook", "Give the http(s) address to send to."],
  ["//example.com/hook", "Give the http(s) address to send to."],
  ["ftp://example.com/hook", "Give the http(s) address to send to."],
  ["file:///etc/passwd", "Give the http(s) address to send to."],
  ["data:text/plain,hello", "Give the http(s) address to send to."],
  ["https://", "Give the http(s) address to send to."],
  ["https://user@example.com/", "The address must not carry a user name or password."],
  [" https://example.com/", "The address must not contain spaces or line breaks."],
  ["https://example.com/a\r\nX: y", "The address must not contain spaces or line breaks."],
  ["https://:secret@example.com/", "The address must not carry a user name or password."],
  ["https://example.com/\u0000", "The address must not contain U+0000 or half of a surrogate pair."],
  ["https://example.com/\ud83d", "The address must not contain U+0000 or half of a surrogate pair."],
  [long(MAX_URL_CHARACTERS + 1), `The address must be at most ${MAX_URL_CHARACTERS} characters.`],
])("is refused: %.40j", (value, message) => {
  expect(receiverUrl.safeParse(value).error?.issues).toMatchObject([{ message }]);
});
