import { createRequire } from "node:module";
import { dirname } from "node:path";
import { defineConfig } from "vitest/config";

const { resolve } = createRequire(import.meta.url);

/** The tests of the hooks and components, under one version of React. */
function under(name: string, react: string, reactDom: string) {
  return {
    resolve: {
      alias: [
        { find: /^react(?=\/|$)/, replacement: dirname(resolve(`${react}/package.json`)) },
        { find: /^react-dom(?=\/|$)/, replacement: dirname(resolve(`${reactDom}/package.json`)) },
      ],
    },
    test: {
      name,
      include: ["test/hooks/**/*.test.{ts,tsx}"],
      environment: "happy-dom",
      // It imports React too: the same one.
      server: { deps: { inline: ["@testing-library/react"] } },
      testTimeout: 60_000,
      hookTimeout: 60_000,
    },
  };
}

export default defineConfig({
  test: {
    projects: [
      under("react 19", "react", "react-dom"),
      under("react 18", "react-18", "react-dom-18"),
      {
        test: {
          name: "react",
          include: ["test/**/*.test.{ts,tsx}"],
          exclude: ["test/hooks/**"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
