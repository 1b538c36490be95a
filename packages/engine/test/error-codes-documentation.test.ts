import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { ACCESS_ERROR_CODES, DATABASE_ERROR_CODES } from "../src/index.ts";

test("docs/errors.md says of each code that ends a start what the code says, and of no other", async () => {
  const documentation = await readFile(new URL("../../../docs/errors.md", import.meta.url), "utf8");
  const section = documentation.split("# Why a gateway does not start, or stops\n")[1]?.split("\n#")[0] ?? "";
  const rows = [...section.matchAll(/^\| `([A-Z_]+)` \| (.+) \|$/gm)].map(([, code, meaning]) => [code, meaning]);
  expect(Object.fromEntries(rows)).toEqual({ ...DATABASE_ERROR_CODES, ...ACCESS_ERROR_CODES });
});
