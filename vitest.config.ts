import { defineConfig } from "vitest/config";
import { ClosingLine } from "./vitest-closing-line.ts";

export default defineConfig({
  test: {
    projects: ["packages/*", "apps/*", "examples/*", "checks"],
    reporters: ["default", new ClosingLine()],
    // Real databases, sockets and child processes on two cores; a test that hangs still ends.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
