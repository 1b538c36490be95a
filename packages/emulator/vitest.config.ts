import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    // Rendering takes seconds, and more of them while other packages' tests run beside it.
    testTimeout: 60_000,
  },
});
