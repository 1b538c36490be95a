import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { ESLint } from "eslint";
import { expect, test } from "vitest";

// The lint that n8n asks of verified nodes: its command, as strict as it can be, with its configuration as it is. And the one that n8n's
// scan runs over what is published, which is what is made here.

const HERE = fileURLToPath(new URL("..", import.meta.url));
const nodeCli = createRequire(createRequire(import.meta.url).resolve("@n8n/node-cli/eslint"));

test("n8n-node lint has nothing to say", () => {
  const command = join(dirname(nodeCli.resolve("@n8n/node-cli/eslint")), "../../bin/n8n-node.mjs");
  // Its rules are others under `NODE_ENV=test`: those of their own tests.
  const env = {
    PATH: `${join(HERE, "node_modules/.bin")}:${dirname(process.execPath)}:${process.env.PATH}`,
    NODE_ENV: "production",
  };
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, "lint"], {
    cwd: HERE,
    env,
  });
  expect({ status, told: `${stdout}${stderr}` }).toEqual({ status: 0, told: expect.stringContaining("n8n-node lint") });
});

test("it would have, of what nodes must not do", async () => {
  const source = 'import { readFileSync } from "node:fs"; setTimeout(() => readFileSync("/etc/passwd"), 1);';
  const [result] = await new ESLint({ cwd: HERE }).lintText(source, { filePath: "nodes/Reelwire/other.ts" });
  expect(result?.messages.map(({ ruleId }) => ruleId)).toEqual([
    "@n8n/community-nodes/no-restricted-imports",
    "@n8n/community-nodes/no-restricted-globals",
  ]);
});

/** As `@n8n/scan-community-package` does it: the plugin's recommended rules, and no comments that switch them off. */
function scanner(): ESLint {
  const { n8nCommunityNodesPlugin } = nodeCli("@n8n/eslint-plugin-community-nodes");
  const { plugins, rules } = n8nCommunityNodesPlugin.configs.recommended;
  return new ESLint({
    cwd: HERE,
    allowInlineConfig: false,
    overrideConfigFile: true,
    overrideConfig: [{ files: ["**/*.js"], languageOptions: { sourceType: "commonjs" }, plugins, rules }],
  });
}

test("the scan of what is published has nothing to say", async () => {
  const results = await scanner().lintFiles(["dist/**/*.js"]);
  expect(results).toHaveLength(3);
  expect(results.flatMap(({ messages }) => messages)).toEqual([]);
});

test("it would have, of what might be put into a node's file", async () => {
  const [result] = await scanner().lintText("globalThis.fetch(process.env.HOME);", {
    filePath: "dist/nodes/Reelwire/Other.node.js",
  });
  expect(result?.messages).toHaveLength(2);
});
