import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

/** What gets smaller; fonts are compressed already. */
const COMPRESSIBLE = /\.(?:html|js|css|svg)$/;

/** Writes `.gz` and `.br` beside every file that gets smaller, for the gateway to send as they are. */
function compressed(): Plugin {
  let outDir = "";
  return {
    name: "compressed",
    apply: "build",
    configResolved(config) {
      outDir = config.build.outDir;
    },
    async closeBundle() {
      for (const entry of await readdir(outDir, { recursive: true, withFileTypes: true })) {
        if (!entry.isFile() || !COMPRESSIBLE.test(entry.name)) continue;
        const path = join(entry.parentPath, entry.name);
        const bytes = await readFile(path);
        await writeFile(`${path}.gz`, gzipSync(bytes, { level: 9 }));
        const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
        await writeFile(`${path}.br`, brotliCompressSync(bytes, { params }));
      }
    },
  };
}

/** Has lucide-react's icons drawn by src/design/create-icon.ts. */
function ownIcons(): Plugin {
  return {
    name: "own-icons",
    enforce: "pre",
    load(id) {
      return id.endsWith("/createLucideIcon.mjs")
        ? 'export { createIcon as default } from "/src/design/create-icon.ts";'
        : null;
    },
  };
}

/** What every page needs, in one part: in many small ones it would be larger. */
const SHARED =
  /node_modules\/react\/|studio\/src\/format\/(?:date|duration|money|status-words|input-words)|studio\/src\/design\/card|core\/dist\/client\/(?:abortable|generated|list|pulled|reelwire-error|retry|send|token|watch)|react\/dist\/(?:reelwire-error-of|shared-watch)/;

/** Where `vite dev` finds a gateway: `REELWIRE_URL`, as in the examples. */
const { REELWIRE_URL: gateway = "http://127.0.0.1:4000" } = process.env;

export default defineConfig({
  plugins: [react(), ownIcons(), compressed()],
  resolve: {
    // React has it since 18; wouter asks for it where it may be missing.
    alias: { "use-sync-external-store/shim/index.js": "react" },
  },
  build: {
    target: "es2022",
    assetsInlineLimit: 0,
    // What a page needs besides its own part is loaded already.
    modulePreload: false,
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: "shared", test: SHARED }] } } },
  },
  server: {
    proxy: {
      "/graphql": { target: gateway, ws: true },
      "/uploads": gateway,
      "/files": gateway,
    },
  },
});
