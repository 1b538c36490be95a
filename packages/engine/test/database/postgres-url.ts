import { randomUUID } from "node:crypto";
import pg from "pg";
import { inject } from "vitest";
import { MIGRATED } from "./postgres-server.setup.ts";

/** Runs SQL as the superuser of the tests' server. */
export async function asSuperuser<Row extends pg.QueryResultRow>(text: string, values: unknown[] = []): Promise<Row[]> {
  const client = new pg.Client({ connectionString: inject("postgresUrl"), application_name: "superuser" });
  await client.connect();
  try {
    return (await client.query<Row>(text, values)).rows;
  } finally {
    await client.end();
  }
}

/** The address of a new database of the tests' server: with all migrations and the queue in it, or `empty`. */
export async function postgresUrl({ empty = false } = {}): Promise<string> {
  const name = `test_${randomUUID().replaceAll("-", "")}`;
  await asSuperuser(`CREATE DATABASE ${name} TEMPLATE ${empty ? "template0" : MIGRATED}`);
  const url = new URL(inject("postgresUrl"));
  url.pathname = `/${name}`;
  return url.href;
}

/** Cuts every connection to a database, as a failing network would. New ones are accepted. */
export async function cutConnections(url: string): Promise<void> {
  await asSuperuser("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", [
    new URL(url).pathname.slice(1),
  ]);
}
