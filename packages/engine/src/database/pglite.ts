import fs from "node:fs";
import path from "node:path";
import type { PGlite } from "@electric-sql/pglite";
import { Kysely } from "kysely";
import { fromKysely, fromPglite } from "pg-boss";
import { ConnectionGate } from "./connection-gate.ts";
import type { EngineDatabase } from "./database.ts";
import { DatabaseError } from "./database-error.ts";
import { type DirectoryLock, lockDirectory } from "./directory-lock.ts";
import { type MaintenanceOptions, type MaintenanceReport, startMaintenance } from "./maintenance.ts";
import { type Migrations, migrate } from "./migrate.ts";
import { openCluster } from "./pglite-cluster.ts";
import { PgliteConnection } from "./pglite-connection.ts";
import { gatedPgliteDialect } from "./pglite-dialect.ts";

/** Where the embedded database lives and how it is kept. */
export interface PgliteDatabaseOptions {
  /** Directory for the database and its lock; made if missing. Other files in it are left alone. */
  dataDir: string;

  /** Brought up to date before `openPglite` resolves. Default: none. */
  migrations?: Migrations;

  /** How often to checkpoint and vacuum. */
  maintenance?: MaintenanceOptions;

  /**
   * Called once if the database stops by itself: the disk is full or failing. Everything fails with `DATABASE_CLOSED` from
   * then on; only a restart helps. Default: ignored.
   */
  onStopped?: (error: DatabaseError) => void;
}

/** The embedded database. */
export interface PgliteDatabase<Schema> extends EngineDatabase<Schema> {
  readonly kind: "pglite";

  /** Does now what maintenance is due, as the timer would. */
  maintain(): Promise<MaintenanceReport>;
}

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
    const database = assemble<Schema>(pglite, lock, options);
    try {
      await migrate(database.kysely, options.migrations ?? {});
    } catch (error) {
      await database.close();
      throw error;
    }
    return database;
  } catch (error) {
    lock.release();
    throw error;
  }
}

function assemble<Schema>(pglite: PGlite, lock: DirectoryLock, options: PgliteDatabaseOptions): PgliteDatabase<Schema> {
  const connection = new PgliteConnection(pglite, (error) => {
    gate.refuse(error);
    options.onStopped?.(error);
  });
  const gate = new ConnectionGate(() => connection.leaveTransaction());
  const kysely = new Kysely<Schema>({ dialect: gatedPgliteDialect(connection, gate) });
  const executor = fromPglite({
    query: (text, parameters) => gate.run(() => connection.query(text, parameters)),
    exec: (text) => gate.run(() => connection.exec(text)),
    listen: async (channel, onPayload) => {
      const unlisten = await gate.run(() => connection.listen(channel, onPayload));
      return () => gate.run(unlisten);
    },
  });
  const maintenance = startMaintenance((text) => executor.executeSql(text), options.maintenance);
  let closing: Promise<void> | undefined;

  async function close() {
    await maintenance.stop();
    if (!connection.stopped) {
      await gate.run(async () => {
        gate.refuse(new DatabaseError("DATABASE_CLOSED", "The database was closed."));
        await pglite.close();
      });
    }
    lock.release();
  }

  const transaction: PgliteDatabase<Schema>["transaction"] = (work) =>
    kysely
      .transaction()
      .execute((transaction) => gate.holding(() => work({ kysely: transaction, executor: fromKysely(transaction) })));

  return {
    kind: "pglite",
    kysely,
    heartbeat: kysely,
    executor,
    transaction,
    heartbeatTransaction: transaction,
    maintain: () => maintenance.run(),
    close() {
      closing ??= close().catch((error) => {
        closing = undefined;
        throw error;
      });
      return closing;
    },
  };
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
