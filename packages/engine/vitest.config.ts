import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    globalSetup: "./test/database/postgres-server.setup.ts",
    // Real databases and sockets on two busy cores: a test that hangs still ends.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
