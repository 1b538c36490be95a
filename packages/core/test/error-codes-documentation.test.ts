import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { API_ERROR_CODES, VIDEO_ERROR_CODES, WEBHOOK_ERROR_CODES } from "../src/index.ts";

const documentation = await readFile(new URL("../../../docs/errors.md", import.meta.url), "utf8");

/** The rows `| \`CODE\` | meaning |` below a heading, up to the next one. */
function rowsBelow(heading: string): Record<string, string> {
  const section = documentation.split(`# ${heading}\n`)[1]?.split("\n#")[0] ?? "";
  return Object.fromEntries(
    [...section.matchAll(/^\| `([A-Z_]+)` \| (.+) \|$/gm)].map(([, code, meaning]) => [code, meaning]),
  );
}

test.each([
  ["Ours", API_ERROR_CODES],
  ["Why a video failed", VIDEO_ERROR_CODES],
  ["Why a delivery to a webhook failed", WEBHOOK_ERROR_CODES],
])("docs/errors.md, %s: says of each code what the code says, and of no other", (heading, codes) => {
  expect(rowsBelow(heading)).toEqual(codes);
});
