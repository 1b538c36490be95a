import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runQuietly } from "./run-quietly.ts";

const PACKAGE = fileURLToPath(new URL("../../../packages/n8n", import.meta.url));

/**
 * Packs `n8n-nodes-reelwire` as it is built, and installs it as a community node of n8n's data folder, without the network.
 *
 * @returns its version
 */
export async function installNode(dataFolder: string): Promise<string> {
  const nodes = join(dataFolder, ".n8n", "nodes");
  await mkdir(nodes, { recursive: true });
  await runQuietly("npm", ["pack", PACKAGE, "--pack-destination", nodes], nodes);
  const { name, version } = JSON.parse(await readFile(join(PACKAGE, "package.json"), "utf8"));
  // n8n brings `n8n-workflow`, which npm would otherwise fetch.
  const offline = ["--legacy-peer-deps", "--offline", "--ignore-scripts", "--no-audit", "--no-fund"];
  // Without the prefix npm would install into a directory further up, if that has a package.json.
  await runQuietly("npm", ["install", "--prefix", ".", `./${name}-${version}.tgz`, ...offline], nodes);
  return String(version);
}
