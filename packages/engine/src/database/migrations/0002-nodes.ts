import { type Kysely, sql } from "kysely";

export async function up(db: Kysely<unknown>): Promise<void> {
  // Neither column is in an index, nor in the condition of one, so that updates stay HOT.
  await sql`
    ALTER TABLE videos ADD COLUMN last_pending_at timestamptz, ADD COLUMN node_id uuid
  `.execute(db);
  // What was submitted lately, to learn from. It changes once for nearly every video, and no other column may be in it.
  await sql`CREATE INDEX videos_submitted ON videos (submitted_at) WHERE submitted_at IS NOT NULL`.execute(db);
  await sql`
    CREATE TABLE nodes (
      id uuid PRIMARY KEY,
      started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
      seen_at timestamptz NOT NULL DEFAULT clock_timestamp(),
      lost boolean NOT NULL DEFAULT false,
      carries boolean NOT NULL,
      files text NOT NULL,
      upstream text NOT NULL,
      generations integer NOT NULL DEFAULT 0,
      generations_wanted integer NOT NULL DEFAULT 0,
      waiting integer NOT NULL DEFAULT 0,
      submissions_per_second double precision NOT NULL DEFAULT 0,
      polls_per_second double precision NOT NULL DEFAULT 0
    ) WITH (fillfactor = 50)
  `.execute(db);
  await sql`CREATE TABLE upstream_pauses (endpoint text PRIMARY KEY, until timestamptz NOT NULL)`.execute(db);
}
