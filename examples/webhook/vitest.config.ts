import { defineConfig } from "vitest/config";

export default defineConfig({
  // A real gateway and child processes on two busy cores: a test that hangs still ends.
  test: { testTimeout: 60_000, hookTimeout: 60_000 },
});
