import { createRequire } from "node:module";
import { dirname } from "node:path";
import { defineConfig } from "vitest/config";

const { resolve } = createRequire(import.meta.url);

// Real gateways and browsers on two busy cores: a test that hangs still ends.
const timeouts = { testTimeout: 60_000, hookTimeout: 60_000 };

const hooks = { include: ["test/hooks/**/*.test.{ts,tsx}"], setupFiles: ["test/hooks/page.setup.ts"], ...timeouts };

export default defineConfig({
  test: {
    projects: [
      { test: { name: "react 19", ...hooks } },
      {
        resolve: {
          alias: [
            { find: /^react(?=\/|$)/, replacement: dirname(resolve("react-18/package.json")) },
            { find: /^react-dom(?=\/|$)/, replacement: dirname(resolve("react-dom-18/package.json")) },
          ],
        },
        test: { name: "react 18", ...hooks, setupFiles: ["test/hooks/react-18.setup.ts", ...hooks.setupFiles] },
      },
      { test: { name: "react", include: ["test/**/*.test.{ts,tsx}"], exclude: ["test/hooks/**"], ...timeouts } },
    ],
  },
});
