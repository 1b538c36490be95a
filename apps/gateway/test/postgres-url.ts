import { randomUUID } from "node:crypto";
import pg from "pg";
import { inject } from "vitest";

/** The address of a new, empty database of the tests' server. */
export async function postgresUrl(): Promise<string> {
  const name = `test_${randomUUID().replaceAll("-", "")}`;
  const client = new pg.Client({ connectionString: inject("postgresUrl") });
  await client.connect();
  try {
    await client.query(`CREATE DATABASE ${name}`);
  } finally {
    await client.end();
  }
  const url = new URL(inject("postgresUrl"));
  url.pathname = `/${name}`;
  return url.href;
}
