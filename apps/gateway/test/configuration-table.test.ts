import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { configurationTable } from "../src/configuration-variables.ts";

test("the README's table of variables is what the code says, row for row", async () => {
  const readme = await readFile(new URL("../../../README.md", import.meta.url), "utf8");
  const rows = readme.split("\n").filter((line) => /^\| `[A-Z][A-Z0-9_]+` \|/.test(line));
  expect(rows, "copy the rows from configurationTable()").toEqual(configurationTable());
});
