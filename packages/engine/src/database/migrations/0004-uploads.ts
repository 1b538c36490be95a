import { type Kysely, sql } from "kysely";

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE uploads (
      id text PRIMARY KEY,
      project text NOT NULL,
      subject text NOT NULL,
      key_id text,
      content_type text NOT NULL,
      width integer NOT NULL,
      height integer NOT NULL,
      bytes integer NOT NULL,
      created_at timestamptz NOT NULL,
      expires_at timestamptz
    )
  `.execute(db);
  // Only what no video is made from is ever looked for otherwise than by its id.
  await sql`CREATE INDEX uploads_expiring ON uploads (expires_at) WHERE expires_at IS NOT NULL`.execute(db);
  await sql`CREATE INDEX uploads_unused ON uploads (project) WHERE expires_at IS NOT NULL`.execute(db);
}
