import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { CLIENT_ERROR_CODES } from "../../src/client/index.ts";

test("the README lists every code of the client's own, with its meaning, and no other", async () => {
  const readme = await readFile(new URL("../../README.md", import.meta.url), "utf8");
  const rows = readme.matchAll(/^\| `([A-Z_]+)` \| (.+) \|$/gm);
  expect(Object.fromEntries(Array.from(rows, ([, code, meaning]) => [code, meaning]))).toEqual(CLIENT_ERROR_CODES);
});
