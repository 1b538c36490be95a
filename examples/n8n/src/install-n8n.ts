import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { runQuietly } from "./run-quietly.ts";

/** The version that this example was tried with. */
export const N8N_VERSION = "2.41.1";

async function installedVersion(directory: string): Promise<string | null> {
  try {
    const { version } = JSON.parse(await readFile(join(directory, "node_modules/n8n/package.json"), "utf8"));
    // SQLite is compiled last: without it an install was cut short.
    await readFile(join(directory, "node_modules/sqlite3/build/Release/node_sqlite3.node"));
    return String(version);
  } catch {
    return null;
  }
}

/**
 * Installs n8n into a directory, 2.9 GB of it and some four minutes, unless it is there.
 *
 * @returns the version that is there
 */
export async function installN8n(directory: string, say: (line: string) => void): Promise<string> {
  const before = await installedVersion(directory);
  if (before !== null) return before;
  say(`Installing n8n ${N8N_VERSION} into ${directory}: 2.9 GB, some four minutes.`);
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, "package.json"), '{ "name": "n8n-server", "private": true }\n');
  // Of all that its dependencies would compile or fetch, such as a client of Kafka, n8n starts without all but SQLite.
  await runQuietly("npm", ["install", `n8n@${N8N_VERSION}`, "--ignore-scripts", "--no-audit", "--no-fund"], directory);
  // Node's own headers, so that nothing is fetched for compiling.
  const headers = resolve(dirname(process.execPath), "..");
  await runQuietly("npm", ["rebuild", "sqlite3", `--nodedir=${headers}`], directory);
  const after = await installedVersion(directory);
  if (after === null) throw new Error(`n8n is not in ${directory} after npm installed it.`);
  return after;
}
