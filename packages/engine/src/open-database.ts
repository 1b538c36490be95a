import { existsSync } from "node:fs";
import { join } from "node:path";
import type { EngineDatabase } from "./database/database.ts";
import { DatabaseError } from "./database/database-error.ts";
import { migrations } from "./database/migrations/index.ts";
import { openPglite } from "./database/pglite.ts";
import { openPostgres, type PostgresDatabase } from "./database/postgres.ts";
import type { EngineSchema } from "./database/schema.ts";
import type { EngineOptions } from "./engine-options.ts";
import { createLocalEventBus, type EventBus } from "./event-bus.ts";
import type { Logger } from "./logger.ts";
import { embeddedLease, type LeaseOptions, sharedLease } from "./node-membership.ts";
import { createPostgresEventBus } from "./postgres-event-bus.ts";

/** A database, and what goes with its kind. */
export interface OpenedDatabase {
  db: EngineDatabase<EngineSchema>;
  bus: EventBus;
  /** Hears what other nodes notify on a channel; `null`: there are no others. */
  listen: PostgresDatabase<EngineSchema>["listen"] | null;
  lease: LeaseOptions;
}

const embeddedIn = (dataDir: string) => join(dataDir, "database");

/** Refuses to go on where the database that is configured would have to be made. @throws {DatabaseError} `DATABASE_MISSING` */
export function assertDatabase({ dataDir, databaseUrl }: Pick<EngineOptions, "dataDir" | "databaseUrl">): void {
  if (databaseUrl !== undefined || existsSync(embeddedIn(dataDir))) return;
  const message = `There is no embedded database in ${dataDir}: set REELWIRE_DATA_DIR to where it is, or DATABASE_URL.`;
  throw new DatabaseError("DATABASE_MISSING", message);
}

/**
 * Opens the database that is configured, migrated: the embedded one, or a PostgreSQL server that other nodes may share. With
 * it come the bus and the lease that suit one node, or many.
 *
 * @throws {DatabaseError}
 */
export async function openDatabase(
  options: Pick<EngineOptions, "dataDir" | "databaseUrl" | "databaseConnections" | "onStopped">,
  log: Logger,
): Promise<OpenedDatabase> {
  const { dataDir, databaseUrl, databaseConnections, onStopped } = options;
  if (databaseUrl === undefined) {
    const db = await openPglite<EngineSchema>({
      dataDir: embeddedIn(dataDir),
      migrations,
      ...(onStopped === undefined ? {} : { onStopped }),
    });
    return { db, bus: createLocalEventBus(), listen: null, lease: embeddedLease };
  }
  const db = await openPostgres<EngineSchema>({
    url: databaseUrl,
    migrations,
    log,
    ...(databaseConnections === undefined ? {} : { maxConnections: databaseConnections }),
  });
  try {
    return { db, bus: await createPostgresEventBus(db, log), listen: db.listen, lease: sharedLease };
  } catch (error) {
    await db.close();
    throw error;
  }
}
