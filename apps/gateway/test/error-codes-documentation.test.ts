import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { GRAPHQL_ERROR_CODES } from "../src/graphql/format-error.ts";

test("docs/errors.md says of each standard code what the code says, and of no other", async () => {
  const documentation = await readFile(new URL("../../../docs/errors.md", import.meta.url), "utf8");
  const section = documentation.split("# Of GraphQL itself\n")[1]?.split("\n#")[0] ?? "";
  const rows = [...section.matchAll(/^\| `([A-Z_]+)` \| (.+) \|$/gm)].map(([, code, meaning]) => [code, meaning]);
  expect(Object.fromEntries(rows)).toEqual(GRAPHQL_ERROR_CODES);
});
