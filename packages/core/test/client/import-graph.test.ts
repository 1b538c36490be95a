import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const ENTRY = new URL("../../dist/client/index.js", import.meta.url);

/** The packages and `node:` modules that a built module imports, itself or through its own files. */
async function packagesOf(module: URL, seen = new Set<string>(), packages = new Set<string>()): Promise<Set<string>> {
  if (seen.has(module.href)) return packages;
  seen.add(module.href);
  const source = await readFile(module, "utf8").catch((cause: unknown) => {
    throw new Error(`${fileURLToPath(module)} is not there: run "pnpm build" first.`, { cause });
  });
  for (const [, specifier = ""] of source.matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)) {
    if (specifier.startsWith(".")) await packagesOf(new URL(specifier, module), seen, packages);
    else packages.add(specifier);
  }
  return packages;
}

test("the client brings no package: no zod, ky, typeid-js or graphql, and nothing of Node's", async () => {
  expect([...(await packagesOf(ENTRY))]).toEqual([]);
});
