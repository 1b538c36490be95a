import { createRequire } from "node:module";
import { defineConfig } from "vitest/config";

const { resolve } = createRequire(import.meta.url);

export default defineConfig({
  // Vite would take graphql's ES modules where Node, and with it every library, takes its CommonJS: two graphqls in one process.
  resolve: { alias: [{ find: /^graphql$/, replacement: resolve("graphql") }] },
  // Real sockets on two busy cores: a test that hangs still ends.
  test: {
    testTimeout: 60_000,
    hookTimeout: 60_000,
    setupFiles: ["test/n8n/own-folder.mts"],
  },
});
