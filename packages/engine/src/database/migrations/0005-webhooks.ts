import { type Kysely, sql } from "kysely";

export async function up(db: Kysely<unknown>): Promise<void> {
  // In no index, so that adding one keeps updates HOT.
  await sql`ALTER TABLE videos ADD COLUMN callback_urls text[] NOT NULL DEFAULT '{}'`.execute(db);
  await sql`
    CREATE TABLE webhooks (
      id text PRIMARY KEY,
      project text NOT NULL,
      subject text NOT NULL,
      key_id text,
      url text NOT NULL,
      events text[] NOT NULL,
      filter_model text,
      filter_external_id_prefix text,
      filter_subject text,
      fingerprint text NOT NULL,
      secret text NOT NULL,
      previous_secret text,
      previous_secret_until timestamptz,
      created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
      failing_since timestamptz,
      disabled_at timestamptz,
      disabled_reason text
    )
  `.execute(db);
  // One of each, so that making it may be repeated.
  await sql`CREATE UNIQUE INDEX webhooks_alike ON webhooks (project, fingerprint)`.execute(db);
  // Without a reference to its webhook: a video's end must not wait for, or fail with, the deletion of one.
  await sql`
    CREATE TABLE webhook_deliveries (
      id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
      webhook_id text,
      video_id uuid NOT NULL REFERENCES videos (id) ON DELETE CASCADE,
      project text NOT NULL,
      subject text NOT NULL,
      url text NOT NULL,
      event text NOT NULL,
      status text NOT NULL DEFAULT 'PENDING',
      created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
      next_attempt_at timestamptz DEFAULT clock_timestamp(),
      finished_at timestamptz,
      tried_since timestamptz NOT NULL DEFAULT clock_timestamp(),
      tries integer NOT NULL DEFAULT 0,
      node_id uuid
    ) WITH (fillfactor = 70)
  `.execute(db);
  // Each receiver is told once of each video.
  await sql`
    CREATE UNIQUE INDEX webhook_deliveries_once ON webhook_deliveries (video_id, coalesce(webhook_id, md5(url)))
  `.execute(db);
  await sql`CREATE INDEX webhook_deliveries_pending ON webhook_deliveries (id) WHERE status = 'PENDING'`.execute(db);
  await sql`CREATE INDEX webhook_deliveries_newest ON webhook_deliveries (project, created_at)`.execute(db);
  await sql`
    CREATE INDEX webhook_deliveries_of_webhook ON webhook_deliveries (webhook_id, created_at) WHERE webhook_id IS NOT NULL
  `.execute(db);
  await sql`
    CREATE INDEX webhook_deliveries_finished ON webhook_deliveries (finished_at) WHERE finished_at IS NOT NULL
  `.execute(db);
  await sql`
    CREATE TABLE webhook_attempts (
      delivery_id uuid NOT NULL REFERENCES webhook_deliveries (id) ON DELETE CASCADE,
      number integer NOT NULL,
      at timestamptz NOT NULL,
      duration_ms integer NOT NULL,
      status_code integer,
      error_code text,
      error_message text,
      response_body text,
      PRIMARY KEY (delivery_id, number)
    )
  `.execute(db);
  await sql`
    CREATE TABLE callback_secrets (
      project text PRIMARY KEY,
      secret text NOT NULL,
      previous_secret text,
      previous_secret_until timestamptz
    )
  `.execute(db);
}
