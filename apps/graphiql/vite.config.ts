import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { compression } from "vite-plugin-compression2";

// The gateway sends what is packed at build as it is.
const packed = compression({ algorithms: ["gzip", "brotliCompress"], threshold: 0 });

export default defineConfig({
  // Wherever a proxy has put the gateway.
  base: "./",
  plugins: [react(), packed],
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
