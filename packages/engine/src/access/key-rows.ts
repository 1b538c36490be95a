import { SCOPES, type Scope } from "@reelwire/core";
import { type Kysely, type Selectable, sql } from "kysely";
import type { ApiKeysTable, EngineSchema } from "../database/schema.ts";
import type { ApiKey } from "./access.ts";

type Db = Kysely<EngineSchema>;

/** A key with what is kept of its secret. */
export interface StoredKey extends ApiKey {
  hash: string;
}

/** Whether a key was ever made. */
export async function anyKey(db: Db): Promise<boolean> {
  return (await db.selectFrom("api_keys").select("id").limit(1).executeTakeFirst()) !== undefined;
}

export async function findKey(db: Db, id: string): Promise<StoredKey | null> {
  const row = await db.selectFrom("api_keys").selectAll().where("id", "=", id).executeTakeFirst();
  return row === undefined ? null : { ...keyFromRow(row), hash: row.hash };
}

/** The newest first; of all projects where none is given. */
export async function listKeys(db: Db, project: string | null): Promise<ApiKey[]> {
  let query = db.selectFrom("api_keys").selectAll().orderBy("id", "desc");
  if (project !== null) query = query.where("project", "=", project);
  return (await query.execute()).map(keyFromRow);
}

/** Saves a key, once however often it is called, and its project where there is none of that name. */
export async function insertKey(db: Db, key: StoredKey): Promise<void> {
  await db
    .insertInto("projects")
    .values({ name: key.project, created_at: key.createdAt })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  await db
    .insertInto("api_keys")
    .values({
      id: key.id,
      project: key.project,
      name: key.name,
      scopes: [...key.scopes],
      hash: key.hash,
      created_by: key.createdBy,
      created_at: key.createdAt,
      expires_at: key.expiresAt,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Ends a key. One that had ended before stays as it was. */
export async function endKey(db: Db, project: string | null, id: string, now: Date): Promise<ApiKey | null> {
  let query = db
    .updateTable("api_keys")
    .set({ revoked_at: sql<Date>`coalesce(revoked_at, ${now})` })
    .where("id", "=", id);
  if (project !== null) query = query.where("project", "=", project);
  const row = await query.returningAll().executeTakeFirst();
  return row === undefined ? null : keyFromRow(row);
}

/** Which of these keys are revoked, or not there. */
export async function endedKeys(db: Db, ids: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    SELECT asked.id FROM unnest(${ids}::text[]) AS asked (id)
    WHERE NOT EXISTS (SELECT FROM api_keys WHERE api_keys.id = asked.id AND revoked_at IS NULL)
  `.execute(db);
  return rows.map(({ id }) => id);
}

export async function saveUse(db: Db, id: string, at: Date): Promise<void> {
  await db
    .updateTable("api_keys")
    .set({ last_used_at: sql<Date>`greatest(last_used_at, ${at})` })
    .where("id", "=", id)
    .execute();
}

function keyFromRow(row: Selectable<ApiKeysTable>): ApiKey {
  return {
    id: row.id,
    project: row.project,
    name: row.name,
    scopes: row.scopes.filter(isScope),
    createdBy: row.created_by,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    revokedAt: row.revoked_at,
    lastUsedAt: row.last_used_at,
  };
}

function isScope(text: string): text is Scope {
  return SCOPES.some((scope) => scope === text);
}
