/**
 * What starting a video and watching it adds to a page, for `@reelwire/react` and for its nearest peers: `pnpm build`, then
 * `node benchmarks/client-size.ts`, half a minute. All are installed by npm into a temporary directory, ours from the packages that would be
 * published, and measured there by one command. Prints Markdown.
 */
import { execFile } from "node:child_process";
import { copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** What a page imports to start a video, or another job, and to watch it to its end. */
const MEASURED = [
  { name: "@reelwire/react", imported: "{ useCreateVideo, ReelwireProvider }" },
  { name: "@fal-ai/client", imported: "{ fal }" },
  { name: "@tanstack/ai-react", imported: "{ useGenerateVideo, fetchServerSentEvents }" },
  { name: "@trigger.dev/react-hooks", imported: "{ useRealtimeTaskTrigger }" },
];

const VERSIONS: Readonly<Record<string, string>> = {
  "@fal-ai/client": "1.10.1",
  "@size-limit/esbuild": "14.1.0",
  "@size-limit/file": "14.1.0",
  "@tanstack/ai": "0.58.0",
  "@tanstack/ai-react": "0.27.3",
  "@trigger.dev/react-hooks": "4.8.3",
  react: "19.3.1",
  "react-dom": "19.3.1",
  "size-limit": "14.1.0",
};

const OURS = ["@reelwire/core", "@reelwire/react"];

/** What `size-limit --json` says of a package; sizes are in bytes. */
interface Measured {
  name: string;
  size: number;
}

const run = promisify(execFile);
const row = (...cells: string[]) => process.stdout.write(`| ${cells.join(" | ")} |\n`);

/** Packs our packages as they would be published, and returns where, for npm. */
async function packOurs(directory: string): Promise<Record<string, string>> {
  const cwd = fileURLToPath(new URL("..", import.meta.url));
  const packed: Record<string, string> = {};
  for (const name of OURS) {
    const pack = ["-y", "pnpm@12", "--filter", name, "pack", "--json", "--pack-destination", directory];
    packed[name] = `file:${JSON.parse((await run("npx", pack, { cwd })).stdout).filename}`;
  }
  return packed;
}

async function measure(directory: string): Promise<Measured[]> {
  const file = (name: string) => join(directory, name);
  const dependencies = { ...VERSIONS, ...(await packOurs(directory)) };
  await writeFile(file("package.json"), JSON.stringify({ private: true, dependencies }));
  await run("npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund"], { cwd: directory });
  // By their names, so that what a package exports is what counts, and not where that lies.
  for (const [index, { name }] of MEASURED.entries()) {
    await writeFile(file(`entry-${index}.js`), `export * from "${name}";\n`);
  }
  await writeFile(file("measured.json"), JSON.stringify(MEASURED));
  await copyFile(new URL("client-size/size-limit.cjs", import.meta.url), file(".size-limit.cjs"));
  const { stdout } = await run("npx", ["size-limit", "--json"], { cwd: directory });
  return JSON.parse(stdout);
}

const directory = await mkdtemp(join(tmpdir(), "reelwire-client-size-"));
try {
  const sizes = await measure(directory);
  const ours = sizes.find(({ name }) => name === "@reelwire/react")?.size ?? Number.NaN;
  row("package", "what is imported", "gzipped", "to ours");
  row("---", "---", "---", "---");
  for (const { name, size } of sizes.toSorted((one, other) => one.size - other.size)) {
    const imported = MEASURED.find((one) => one.name === name)?.imported ?? "";
    const version = VERSIONS[name] === undefined ? "" : ` ${VERSIONS[name]}`;
    row(`\`${name}\`${version}`, `\`${imported}\``, `${(size / 1000).toFixed(1)} kB`, (size / ours).toFixed(1));
  }
} finally {
  await rm(directory, { recursive: true });
}
