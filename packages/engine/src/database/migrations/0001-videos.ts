import { type Kysely, sql } from "kysely";

export async function up(db: Kysely<unknown>): Promise<void> {
  // Room on each page for a few newer versions of a row, and no index on what changes while a video is under way,
  // keep its updates HOT.
  await sql`
    CREATE TABLE videos (
      id uuid PRIMARY KEY,
      project text NOT NULL,
      subject text NOT NULL,
      key_id text,
      request jsonb NOT NULL,
      fingerprint text NOT NULL,
      idempotency_key text,
      external_id text,
      estimated_usd double precision,
      created_at timestamptz NOT NULL,
      status text NOT NULL,
      version integer NOT NULL,
      attempt integer NOT NULL,
      waiting_reason text,
      generation_id text,
      source_url text,
      error jsonb,
      credits_used double precision,
      charged_usd double precision,
      submitted_at timestamptz,
      last_checked_at timestamptz,
      finished_at timestamptz,
      updated_at timestamptz NOT NULL,
      fence integer NOT NULL DEFAULT 0,
      archived_at timestamptz
    ) WITH (fillfactor = 70)
  `.execute(db);
  await sql`
    CREATE UNIQUE INDEX videos_idempotency_key ON videos (project, subject, idempotency_key)
    WHERE idempotency_key IS NOT NULL
  `.execute(db);
  await sql`
    CREATE UNIQUE INDEX videos_external_id ON videos (project, subject, external_id) WHERE external_id IS NOT NULL
  `.execute(db);
  await sql`CREATE INDEX videos_newest ON videos (project, id)`.execute(db);
  await sql`CREATE INDEX videos_unfinished ON videos (id) WHERE finished_at IS NULL`.execute(db);
  await sql`
    CREATE INDEX videos_unarchived ON videos (id) WHERE source_url IS NOT NULL AND archived_at IS NULL
  `.execute(db);
  await sql`
    CREATE TABLE video_events (
      video_id uuid NOT NULL REFERENCES videos (id) ON DELETE CASCADE,
      version integer NOT NULL,
      event text NOT NULL,
      state jsonb NOT NULL,
      at timestamptz NOT NULL,
      PRIMARY KEY (video_id, version)
    )
  `.execute(db);
  await sql`
    CREATE TABLE video_images (
      video_id uuid PRIMARY KEY REFERENCES videos (id) ON DELETE CASCADE,
      image_url text,
      last_image_url text
    )
  `.execute(db);
  await sql`CREATE TABLE secrets (name text PRIMARY KEY, value text NOT NULL)`.execute(db);
}
