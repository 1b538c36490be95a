import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

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
        if (!entry.isFile() || !/\.(?:html|js|css)$/.test(entry.name)) continue;
        const path = join(entry.parentPath, entry.name);
        const bytes = await readFile(path);
        await writeFile(`${path}.gz`, gzipSync(bytes, { level: 9 }));
        await writeFile(`${path}.br`, brotliCompressSync(bytes));
      }
    },
  };
}

export default defineConfig({
  // Wherever a proxy has put the gateway.
  base: "./",
  plugins: [react(), compressed()],
  worker: { format: "es" },
  build: {
    target: "es2022",
    modulePreload: { polyfill: false },
    // "use no memo" is for a compiler that is not used here.
    rolldownOptions: { checks: { moduleLevelDirective: false } },
    // The editor is that large, and loaded after the page.
    chunkSizeWarningLimit: 4_000,
  },
});
