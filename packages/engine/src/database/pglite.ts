import fs from "node:fs";
import path from "node:path";
import { PGlite, type PGliteOptions, types } from "@electric-sql/pglite";
import { Kysely } from "kysely";
import { fromKysely, fromPglite } from "pg-boss";
import { ConnectionGate } from "./connection-gate.ts";
import { type EngineDatabase, parseInt8 } from "./database.ts";
import { DatabaseError } from "./database-error.ts";
import { lockDirectory } from "./directory-lock.ts";
import { DurableNodeFs, durableStartParams, fsyncPath, fsyncTree } from "./durable-node-fs.ts";
import { type MaintenanceOptions, type MaintenanceReport, startMaintenance } from "./maintenance.ts";
import { type Migrations, migrate } from "./migrate.ts";
import { GatedPgliteDialect } from "./pglite-dialect.ts";

/** Where the embedded database lives and how it is kept. */
export interface PgliteDatabaseOptions {
  /** Directory for the database and its lock; made if missing. Other files in it are left alone. */
  dataDir: string;

  /** Brought up to date before `openPglite` resolves. Default: none. */
  migrations?: Migrations;

  /** How often to checkpoint and vacuum. */
  maintenance?: MaintenanceOptions;
}

/** The embedded database. */
export interface PgliteDatabase<Schema> extends EngineDatabase<Schema> {
  readonly kind: "pglite";

  /** Does now what maintenance is due, as the timer would. */
  maintain(): Promise<MaintenanceReport>;
}

/** The PostgreSQL that PGlite 0.5 is. A directory of another one cannot be read. */
const POSTGRES_VERSION = "18";

/**
 * Opens the embedded database: locks the directory, makes the database in it if there is none (seconds, once), recovers
 * what a crash left, migrates, and starts maintenance. Each commit is on disk when it is reported. Queries run on the
 * calling thread: while one runs, nothing else in the process does.
 *
 * @throws {DatabaseError} `DATA_DIR_IN_USE`, `DATA_DIR_UNUSABLE`, `DATABASE_TOO_NEW`, `MIGRATION_FAILED`. The directory
 *   is unlocked again then.
 */
export async function openPglite<Schema>(options: PgliteDatabaseOptions): Promise<PgliteDatabase<Schema>> {
  const dataDir = path.resolve(options.dataDir);
  makeDirectory(dataDir);
  const lock = lockDirectory(dataDir);
  try {
    const pglite = await openCluster(dataDir);
    try {
      return await assemble<Schema>(pglite, options, () => lock.release());
    } catch (error) {
      await pglite.close();
      throw error;
    }
  } catch (error) {
    lock.release();
    throw error;
  }
}

async function assemble<Schema>(
  pglite: PGlite,
  options: PgliteDatabaseOptions,
  unlock: () => void,
): Promise<PgliteDatabase<Schema>> {
  const gate = new ConnectionGate(async () => {
    // A failed statement leaves its transaction open, and would fail all that comes after it.
    if (pglite.isInTransaction()) await pglite.exec("rollback");
  });
  const kysely = new Kysely<Schema>({ dialect: new GatedPgliteDialect(pglite, gate) });
  const executor = fromPglite({
    query: (text, parameters) => gate.run(() => pglite.query(text, parameters)),
    exec: (text) => gate.run(() => pglite.exec(text)),
    listen: async (channel, onPayload) => {
      const unlisten = await gate.run(() => pglite.listen(channel, onPayload));
      return () => gate.run(() => unlisten());
    },
  });
  await migrate(kysely, options.migrations ?? {});
  const maintenance = startMaintenance((text) => executor.executeSql(text), options.maintenance);
  let closing: Promise<void> | undefined;

  async function close() {
    await maintenance.stop();
    await gate.run(async () => {
      gate.refuse(new DatabaseError("DATABASE_CLOSED", "The database was closed."));
      // So that the next start has nothing to recover.
      await pglite.exec("checkpoint");
    });
    await kysely.destroy();
    await pglite.close();
  }

  return {
    kind: "pglite",
    kysely,
    executor,
    transaction: (work) =>
      kysely
        .transaction()
        .execute((transaction) =>
          gate.holding(() => work({ kysely: transaction, executor: fromKysely(transaction) })),
        ),
    maintain: () => maintenance.run(),
    close() {
      closing ??= close().finally(unlock);
      return closing;
    },
  };
}

async function openCluster(dataDir: string): Promise<PGlite> {
  const cluster = path.join(dataDir, "postgres");
  try {
    if (!fs.existsSync(cluster)) await createCluster(cluster);
    const version = fs.readFileSync(path.join(cluster, "PG_VERSION"), "utf8").trim();
    if (version !== POSTGRES_VERSION) {
      throw new Error(`it is of PostgreSQL ${version}, and this release reads ${POSTGRES_VERSION}`);
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
  fsyncTree(unfinished);
  fs.renameSync(unfinished, cluster);
  fsyncPath(path.dirname(cluster));
}

async function startPglite(cluster: string, options: PGliteOptions = {}): Promise<PGlite> {
  const complaints: string[] = [];
  try {
    return await PGlite.create({
      ...options,
      fs: new DurableNodeFs(cluster),
      startParams: durableStartParams,
      parsers: { [types.INT8]: parseInt8 },
      onStderr: (line) => {
        if (/\b(FATAL|PANIC):/.test(line)) complaints.push(line);
      },
    });
  } catch (error) {
    throw complaints.length > 0 ? new Error(complaints.join("; "), { cause: error }) : error;
  }
}

function makeDirectory(dataDir: string): void {
  try {
    fs.mkdirSync(dataDir, { recursive: true });
  } catch (error) {
    throw new DatabaseError(
      "DATA_DIR_UNUSABLE",
      `The data directory ${dataDir} cannot be made: ${error instanceof Error ? error.message : error}. Choose another.`,
      { cause: error },
    );
  }
}
