import { execFileSync, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadPackage } from "./n8n/node-types.mts";

// What npm would publish, unpacked as it would be installed, with n8n-workflow beside it and nothing else.

const HERE = fileURLToPath(new URL("..", import.meta.url));

let root: string;
let installed: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "reelwire-n8n-"));
  const [{ filename }] = JSON.parse(
    execFileSync("npm", ["pack", "--json", "--pack-destination", root], { cwd: HERE, encoding: "utf8" }),
  );
  installed = join(root, "node_modules/n8n-nodes-reelwire");
  await mkdir(installed, { recursive: true });
  execFileSync("tar", ["-xzf", join(root, filename), "-C", installed, "--strip-components=1"]);
  const workflow = dirname(createRequire(import.meta.url).resolve("n8n-workflow/package.json"));
  await symlink(workflow, join(root, "node_modules/n8n-workflow"));
});
afterAll(() => rm(root, { recursive: true, force: true }));

test("it depends on nothing, and says what n8n asks for", async () => {
  const published = JSON.parse(await readFile(join(installed, "package.json"), "utf8"));
  expect(published.dependencies).toBeUndefined();
  expect(published.peerDependencies).toEqual({ "n8n-workflow": "*" });
  expect(published).toMatchObject({
    name: "n8n-nodes-reelwire",
    license: "MIT",
    author: { name: expect.any(String), email: expect.any(String) },
    homepage: expect.stringMatching(/^https:/),
    repository: { url: expect.stringMatching(/^git\+https:/) },
    n8n: { n8nNodesApiVersion: 1, strict: true },
  });
  expect(published.keywords).toContain("n8n-community-node-package");
  expect(Object.keys(published.scripts)).not.toContain("postinstall");
});

test("every file that it names is there, and nothing of the sources", () => {
  const files = execFileSync("find", [".", "-type", "f"], { cwd: installed, encoding: "utf8" })
    .trim()
    .split("\n")
    .sort();
  expect(files).toEqual([
    "./LICENSE",
    "./README.md",
    "./dist/credentials/ReelwireApi.credentials.js",
    "./dist/icons/reelwire.dark.svg",
    "./dist/icons/reelwire.svg",
    "./dist/nodes/Reelwire/Reelwire.node.js",
    "./dist/nodes/Reelwire/Reelwire.node.json",
    "./dist/nodes/ReelwireTrigger/ReelwireTrigger.node.js",
    "./dist/nodes/ReelwireTrigger/ReelwireTrigger.node.json",
    "./package.json",
  ]);
});

test("where n8n says that there is more to read, it is in the README of this package", async () => {
  const readme = await readFile(join(installed, "README.md"), "utf8");
  const { homepage } = JSON.parse(await readFile(join(installed, "package.json"), "utf8"));
  const loaded = await loadPackage(installed);
  const documented = ["reelwire", "reelwireTrigger"].flatMap((name) => {
    const { credentialDocumentation = [], primaryDocumentation = [] } =
      loaded.node(`n8n-nodes-reelwire.${name}`).description.codex?.resources ?? {};
    return [...credentialDocumentation, ...primaryDocumentation].map(({ url }) => url);
  });
  expect(documented).toHaveLength(4);
  for (const url of [...documented, loaded.credential("reelwireApi").documentationUrl]) {
    const [page, heading = ""] = String(url).split("#");
    expect(page).toBe(homepage.replace("#readme", ""));
    expect(readme.toLowerCase()).toContain(`\n## ${heading}\n`);
  }
});

test("Node loads each of its files with nothing but n8n-workflow beside it", () => {
  const load =
    "const p = require('n8n-nodes-reelwire/package.json'); for (const f of [...p.n8n.credentials, ...p.n8n.nodes]) require('n8n-nodes-reelwire/' + f);";
  const { status, stderr } = spawnSync(process.execPath, ["-e", load], { cwd: root, encoding: "utf8" });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
});

test("n8n loads it, with its icons and its place among the nodes", async () => {
  const loaded = await loadPackage(installed);
  for (const name of ["reelwire", "reelwireTrigger"]) {
    const { description } = loaded.node(`n8n-nodes-reelwire.${name}`);
    expect(description.codex?.categories).toEqual(["Marketing & Content", "AI"]);
    for (const icon of Object.values(Object(description.iconUrl))) {
      expect(icon).toMatch(/^icons\/n8n-nodes-reelwire\/dist\/icons\/reelwire(\.dark)?\.svg$/);
      expect(existsSync(join(installed, String(icon).replace("icons/n8n-nodes-reelwire/", "")))).toBe(true);
    }
    expect(Object.keys(Object(description.iconUrl))).toEqual(["light", "dark"]);
  }
  expect(loaded.credential("reelwireApi").iconUrl).toMatchObject({ light: expect.stringContaining("reelwire.svg") });
});
