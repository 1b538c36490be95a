import fs from "node:fs";
import path from "node:path";
import { PGlite, type PGliteOptions, types } from "@electric-sql/pglite";
import { parseInt8 } from "./database.ts";
import { DatabaseError } from "./database-error.ts";
import { DurableNodeFs, durableStartParams, fsyncPath, fsyncTree } from "./durable-node-fs.ts";

/** The PostgreSQL that PGlite 0.5 is. A directory of another one cannot be read. */
const postgresVersion = "18";

/**
 * Starts PGlite on `dataDir/postgres`, and makes that first if it is not there. The caller holds the lock of `dataDir`.
 *
 * @throws {DatabaseError} `DATA_DIR_UNUSABLE`, with what PostgreSQL itself complained of.
 */
export async function openCluster(dataDir: string): Promise<PGlite> {
  const cluster = path.join(dataDir, "postgres");
  try {
    if (!fs.existsSync(cluster)) await createCluster(cluster);
    const version = fs.readFileSync(path.join(cluster, "PG_VERSION"), "utf8").trim();
    if (version !== postgresVersion) {
      throw new Error(`it was made by PostgreSQL ${version}, and this release reads ${postgresVersion}`);
    }
    return await startPglite(cluster);
  } catch (error) {
    throw new DatabaseError(
      "DATA_DIR_UNUSABLE",
      `The database in ${cluster} cannot be opened: ${error instanceof Error ? error.message : error}. Restore it from a backup, or choose another directory.`,
      { cause: error },
    );
  }
}

/**
 * Makes a new database under another name first: PGlite copies it in file by file, and what a crash leaves half copied
 * would never open.
 */
async function createCluster(cluster: string): Promise<void> {
  const unfinished = `${cluster}.new`;
  fs.rmSync(unfinished, { recursive: true, force: true });
  // 1 MB segments instead of 16: a quiet database then keeps 5 MB of WAL instead of 80.
  const pglite = await startPglite(unfinished, { initDbStartParams: ["--wal-segsize=1"] });
  await pglite.close();
  // The files in it are made writable for everybody.
  fs.chmodSync(unfinished, 0o700);
  fsyncTree(unfinished);
  fs.renameSync(unfinished, cluster);
  fsyncPath(path.dirname(cluster));
}

async function startPglite(cluster: string, options: PGliteOptions = {}): Promise<PGlite> {
  const complaints: string[] = [];
  try {
    const pglite = await PGlite.create({
      ...options,
      fs: new DurableNodeFs(cluster),
      // 32 MB of shared buffers instead of 128: 100 MB less memory and, with the system's own cache below, no slower.
      startParams: [...durableStartParams, "-c", "shared_buffers=32MB"],
      parsers: { [types.INT8]: parseInt8 },
      onStderr: (line) => {
        const complaint = /\b(?:FATAL|PANIC): +(.*)/.exec(line) ?? /^postgres: (.*)/.exec(line);
        if (complaint?.[1]) complaints.push(complaint[1]);
        return false;
      },
    });
    refuseUnserializable(pglite);
    return pglite;
  } catch (error) {
    // What PGlite itself throws then is an aborted WebAssembly module.
    throw complaints.length > 0 ? new Error(complaints.join("; "), { cause: error }) : error;
  }
}

/**
 * An object given for an array column leaves PGlite's message buffer half written, and the next query, somebody else's,
 * fails of it. So a value that cannot be written is refused before.
 */
function refuseUnserializable(pglite: PGlite): void {
  for (const [type, serialize] of Object.entries(pglite.serializers)) {
    pglite.serializers[type] = (value) => {
      const text: unknown = serialize(value);
      if (typeof text !== "string") throw new TypeError(`A ${typeof value} cannot be a parameter of type ${type}`);
      return text;
    };
  }
}
