import { createHash } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished, vi } from "vitest";
import type { EngineDatabase } from "../../src/database/database.ts";
import { openPglite, type PgliteDatabase, type PgliteDatabaseOptions } from "../../src/database/pglite.ts";
import { openPostgres } from "../../src/database/postgres.ts";
import { postgresUrl } from "./postgres-url.ts";

// Making a database takes seconds on a busy machine; a test that hangs still ends.
vi.setConfig({ testTimeout: 60_000 });

/** An empty directory that is gone after the test. */
export function temporaryDirectory(): string {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), "reelwire-database-"));
  onTestFinished(() => fs.rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** A data directory with an empty database in it, by copying one that was made before: 0.1 s instead of 2.5 s. */
export async function temporaryDataDir(): Promise<string> {
  const directory = temporaryDirectory();
  fs.cpSync(await databaseTemplate(), directory, { recursive: true });
  return directory;
}

/** An open database in a directory of its own, closed and gone after the test. Its maintenance runs only when told to. */
export async function temporaryDatabase<Schema>(
  options: Partial<PgliteDatabaseOptions> = {},
): Promise<PgliteDatabase<Schema>> {
  const database = await openPglite<Schema>({
    dataDir: await temporaryDataDir(),
    maintenance: { intervalMs: 0 },
    ...options,
  });
  onTestFinished(() => database.close());
  return database;
}

/** The kinds of database that there are, for `describe.each`. */
export const DATABASE_KINDS = ["pglite", "postgres"] as const;
export type DatabaseKind = (typeof DATABASE_KINDS)[number];

/** An open database of either kind, empty, closed after the test. */
export async function emptyDatabase<Schema>(kind: DatabaseKind): Promise<EngineDatabase<Schema>> {
  if (kind === "pglite") return await temporaryDatabase<Schema>();
  const database = await openPostgres<Schema>({ url: await postgresUrl({ empty: true }) });
  onTestFinished(() => database.close());
  return database;
}

/** Made by whoever comes first, for all test processes of this machine, until PGlite or how it is set up changes. */
export async function databaseTemplate(): Promise<string> {
  const pglite = fs.realpathSync(fileURLToPath(import.meta.resolve("@electric-sql/pglite")));
  const setUp = fs.readFileSync(new URL("../../src/database/pglite-cluster.ts", import.meta.url));
  const key = createHash("sha256").update(pglite).update(setUp).digest("hex").slice(0, 16);
  const directory = path.join(import.meta.dirname, "../../node_modules/.cache/reelwire", `pglite-${key}`);
  if (fs.existsSync(directory)) return directory;
  fs.mkdirSync(path.dirname(directory), { recursive: true });
  const unfinished = fs.mkdtempSync(`${directory}-`);
  const database = await openPglite({ dataDir: unfinished });
  await database.close();
  try {
    fs.renameSync(unfinished, directory);
  } catch {
    // Another process was first.
    fs.rmSync(unfinished, { recursive: true });
  }
  return directory;
}
