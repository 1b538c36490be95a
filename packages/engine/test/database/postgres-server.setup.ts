import { type PostgresServer, startPostgres } from "@reelwire/postgres-for-tests";
import type { TestProject } from "vitest/node";
import { migrations } from "../../src/database/migrations/index.ts";
import { openPostgres } from "../../src/database/postgres.ts";
import type { EngineSchema } from "../../src/database/schema.ts";
import { silentLogger } from "../../src/logger.ts";
import { openQueue } from "../../src/queue.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The `postgres` database of the one server that all tests of this package share. */
    postgresUrl: string;
  }
}

/** A database with every migration and the queue in it, to copy: a tenth of a second instead of one. */
export const MIGRATED = "migrated";

let server: PostgresServer;

export async function setup(project: TestProject): Promise<void> {
  server = await startPostgres();
  const url = await server.createDatabase({ name: MIGRATED });
  const db = await openPostgres<EngineSchema>({ url, migrations });
  const queue = await openQueue(db, silentLogger);
  await queue.close();
  await db.close();
  project.provide("postgresUrl", server.url);
}

export async function teardown(): Promise<void> {
  await server[Symbol.asyncDispose]();
}
