import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const ENTRY = new URL("../../dist/client/index.js", import.meta.url);

/** As a built module is loaded: with it, or on demand. */
type Loaded = "at once" | "on demand";

const IMPORTS = {
  "at once": /(?:from|import)\s*"([^"]+)"/g,
  "on demand": /(?:from|import)\s*\(?\s*"([^"]+)"/g,
};

/** The packages and `node:` modules that a built module imports, itself or through its own files. */
async function packagesOf(module: URL, loaded: Loaded, seen = new Set<string>(), packages = new Set<string>()) {
  if (seen.has(module.href)) return packages;
  seen.add(module.href);
  const source = await readFile(module, "utf8").catch((cause: unknown) => {
    throw new Error(`${fileURLToPath(module)} is not there: run "pnpm build" first.`, { cause });
  });
  for (const [, specifier = ""] of source.matchAll(IMPORTS[loaded])) {
    if (specifier.startsWith(".")) await packagesOf(new URL(specifier, module), loaded, seen, packages);
    else packages.add(specifier);
  }
  return packages;
}

test.each<[Loaded, string[]]>([
  ["at once", []],
  ["on demand", ["graphql-sse"]],
])("the client brings, %s, %j: no zod, ky, typeid-js or graphql, and nothing of Node's", async (loaded, packages) => {
  expect([...(await packagesOf(ENTRY, loaded))]).toEqual(packages);
});
