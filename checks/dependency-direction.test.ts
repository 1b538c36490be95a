import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, onTestFinished, test } from "vitest";

const root = join(import.meta.dirname, "..");
const packages = ["packages/core", "packages/engine", "packages/emulator", "apps/gateway"];
const run = promisify(execFile);

/** The workspace without its sources, so that a test can break a rule in a place of its own. */
async function emptyWorkspace(): Promise<string> {
  const copy = await mkdtemp(join(tmpdir(), "reelwire-boundaries-"));
  onTestFinished(() => rm(copy, { recursive: true, force: true }));
  const files = ["package.json", "pnpm-workspace.yaml", "pnpm-lock.yaml", "turbo.json", "biome.json", ".gitignore"];
  for (const path of packages) {
    await mkdir(join(copy, path, "src"), { recursive: true });
    files.push(join(path, "package.json"), join(path, "turbo.json"));
  }
  for (const file of files) await cp(join(root, file), join(copy, file));
  await run("git", ["init", "-q"], { cwd: copy });
  return copy;
}

/** What `turbo boundaries` says; the error's output where it fails. */
async function boundaries(cwd: string): Promise<string> {
  const turbo = join(root, "node_modules/.bin/turbo");
  return await run(turbo, ["boundaries", "--no-color"], { cwd }).then(
    () => "ok",
    (error: { stdout: string; stderr: string }) => error.stdout + error.stderr,
  );
}

describe("imports between packages point one way", () => {
  test("a workspace that keeps the rule passes", async () => {
    const workspace = await emptyWorkspace();
    await writeFile(join(workspace, "packages/engine/src/good.ts"), 'import "@reelwire/core";\n');
    expect(await boundaries(workspace)).toBe("ok");
  });

  test("importing a package that is not declared fails", async () => {
    const workspace = await emptyWorkspace();
    await writeFile(join(workspace, "packages/core/src/bad.ts"), 'import "@reelwire/engine";\n');
    expect(await boundaries(workspace)).toContain("`@reelwire/engine` because it is not a dependency");
  });

  test("reaching into another package by path fails", async () => {
    const workspace = await emptyWorkspace();
    await writeFile(join(workspace, "packages/core/src/bad.ts"), 'import "../../engine/src/engine.ts";\n');
    expect(await boundaries(workspace)).toContain("leaves the package");
  });

  test("declaring a dependency that points the other way fails", async () => {
    const workspace = await emptyWorkspace();
    const path = join(workspace, "packages/core/package.json");
    const manifest = JSON.parse(await readFile(path, "utf8"));
    manifest.dependencies["@reelwire/gateway"] = "workspace:*";
    await writeFile(path, JSON.stringify(manifest));
    expect(await boundaries(workspace)).toContain("without any tag listed in allowlist");
  });
});

describe("within packages", () => {
  test.each([
    ["packages/engine/src/bad.ts", 'import "@reelwire/emulator";\n', "noRestrictedImports"],
    ["packages/engine/src/bad.ts", 'import "undici";\n', "noRestrictedImports"],
    ["packages/engine/src/bad.ts", 'export const page = fetch("https://example.com");\n', "noRestrictedGlobals"],
  ])("Biome refuses in %s: %s", async (path, code, rule) => {
    const workspace = await emptyWorkspace();
    await writeFile(join(workspace, path), code);
    const biome = run(join(root, "node_modules/.bin/biome"), ["lint"], { cwd: workspace });
    await expect(biome).rejects.toMatchObject({ stderr: expect.stringContaining(rule) });
  });
});
