import react from "@vitejs/plugin-react";
import subsetFont from "subset-font";
import { defineConfig, type Plugin } from "vite";
import { compression } from "vite-plugin-compression2";

/** What the studio's own words are written with; for other letters, as a prompt may have, the system's font stands in. */
const LETTERS = [
  ...Array.from({ length: 0x17f - 0x1f }, (_, index) => String.fromCodePoint(0x20 + index)),
  ..."–—‘’“”…•′″‹›€−×→←↑↓≤≥",
].join("");

/** Cuts fonts down to `LETTERS`, with digits of one width. */
function cutFonts(): Plugin {
  return {
    name: "cut-fonts",
    async generateBundle(_options, bundle) {
      for (const file of Object.values(bundle)) {
        if (file.type !== "asset" || !file.fileName.endsWith(".woff2")) continue;
        const options = { targetFormat: "woff2", keepFeatures: ["kern", "tnum"] } as const;
        file.source = await subsetFont(Buffer.from(file.source), LETTERS, options);
      }
    },
  };
}

/** What every page needs, in one part: in many small ones it would be larger. */
const SHARED =
  /node_modules\/react\/|studio\/src\/format\/(?:date|duration|money|status-words|input-words)|studio\/src\/design\/card|core\/dist\/client\/(?:abortable|generated|list|pulled|reelwire-error|retry|send|token|watch)|react\/dist\/(?:reelwire-error-of|shared-watch)/;

/** Where `vite dev` finds a gateway: `REELWIRE_URL`, as in the examples. */
const { REELWIRE_URL: gateway = "http://127.0.0.1:4000" } = process.env;

// The gateway sends what is packed at build as it is.
const packed = compression({ algorithms: ["gzip", "brotliCompress"], threshold: 0 });

export default defineConfig({
  plugins: [react(), cutFonts(), packed],
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
      "/graphiql": gateway,
      "/uploads": gateway,
      "/files": gateway,
    },
  },
});
