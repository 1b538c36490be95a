import { type Kysely, sql } from "kysely";
import { type Migration, Migrator } from "kysely/migration";
import { DatabaseError } from "./database-error.ts";

/** Migrations by name. They run in the order of their names, so begin each with a number: `0001-videos`. */
export type Migrations = Readonly<Record<string, Migration>>;

/**
 * Brings the database to the last of `migrations`, all in one transaction or none. Nodes that start at once take turns
 * (Kysely's advisory lock), and each after the first finds nothing to do.
 *
 * @returns the names of those that ran now.
 * @throws {DatabaseError} `DATABASE_TOO_NEW` when the database knows a migration that is not among these, before anything
 *   is changed; `MIGRATION_FAILED` when one threw, with it as `cause`; nothing has changed then.
 */
export async function migrate<Schema>(kysely: Kysely<Schema>, migrations: Migrations): Promise<string[]> {
  const migrator = new Migrator({ db: kysely, provider: { getMigrations: async () => ({ ...migrations }) } });
  const { error, results } = await migrator.migrateToLatest();
  if (error === undefined) return results?.map((result) => result.migrationName) ?? [];
  const unknown = (await executedMigrations(kysely)).filter((name) => !(name in migrations));
  if (unknown.length > 0) {
    throw new DatabaseError(
      "DATABASE_TOO_NEW",
      `The database was migrated by a newer release (${unknown.join(", ")}). Run that release, or restore a backup from before it.`,
      { cause: error },
    );
  }
  const failed = results?.find((result) => result.status === "Error")?.migrationName;
  throw new DatabaseError(
    "MIGRATION_FAILED",
    `${failed === undefined ? "The migrations" : `Migration ${failed}`} failed and changed nothing: ${error instanceof Error ? error.message : error}`,
    { cause: error },
  );
}

/** Kysely refuses unknown migrations with an error that has no code, so the table is read to tell. */
async function executedMigrations<Schema>(kysely: Kysely<Schema>): Promise<string[]> {
  const { rows: exists } = await sql<{
    table: string | null;
  }>`select to_regclass('kysely_migration')::text as table`.execute(kysely);
  if (!exists[0]?.table) return [];
  const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(kysely);
  return rows.map((row) => row.name);
}
