import { execFile } from "node:child_process";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { version as coreVersion } from "zapier-platform-core";

const { PATH } = process.env;
const PACKAGE = fileURLToPath(new URL("..", import.meta.url));
const CLI = join(dirname(createRequire(import.meta.url).resolve("zapier-platform-cli/package.json")), "src/bin/run");

/** The package as it is published, where it finds what it depends on. */
async function stage(
  changed: (app: string) => string = (app) => app,
): Promise<AsyncDisposable & { directory: string }> {
  const directory = await mkdtemp(join(PACKAGE, "node_modules", ".validate-"));
  await cp(join(PACKAGE, "dist"), join(directory, "dist"), { recursive: true });
  const manifest = JSON.parse(await readFile(join(PACKAGE, "package.json"), "utf8"));
  // As packing does it: the platform wants an exact version.
  manifest.dependencies["zapier-platform-core"] = coreVersion;
  await writeFile(join(directory, "package.json"), JSON.stringify(manifest));
  const app = join(directory, "dist", "app.js");
  await writeFile(app, changed(await readFile(app, "utf8")));
  return { directory, [Symbol.asyncDispose]: () => rm(directory, { recursive: true }) };
}

/** Runs `zapier-platform validate` without its account and its servers. */
function validate(cwd: string): Promise<{ code: number; output: string }> {
  const env = { HOME: cwd, PATH, NO_COLOR: "1" };
  return new Promise((resolve) => {
    execFile(process.execPath, [CLI, "validate", "--without-style"], { cwd, env }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), output: stdout + stderr });
    });
  });
}

test("the platform's own validation finds nothing", async () => {
  await using staged = await stage();
  const { code, output } = await validate(staged.directory);
  expect(output).toContain("This project is structurally sound!");
  expect(code).toBe(0);
});

test("and would find something", async () => {
  await using staged = await stage((app) => app.replace("platformVersion,", 'platformVersion: "nineteen",'));
  const { code, output } = await validate(staged.directory);
  expect(output).toContain("Your integration is structurally invalid.");
  expect(output).toContain("App.platformVersion");
  expect(code).toBe(1);
});
