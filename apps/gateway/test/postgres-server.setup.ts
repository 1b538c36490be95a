import { type PostgresServer, startPostgres } from "@reelwire/postgres-for-tests";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    /** The `postgres` database of the one server that all tests of this package share. */
    postgresUrl: string;
  }
}

let server: PostgresServer;

export async function setup(project: TestProject): Promise<void> {
  server = await startPostgres();
  project.provide("postgresUrl", server.url);
}

export async function teardown(): Promise<void> {
  await server[Symbol.asyncDispose]();
}
