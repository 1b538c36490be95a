import { type Kysely, sql } from "kysely";

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`CREATE TABLE projects (name text PRIMARY KEY, created_at timestamptz NOT NULL)`.execute(db);
  await sql`
    CREATE TABLE api_keys (
      id text PRIMARY KEY,
      project text NOT NULL REFERENCES projects (name),
      name text NOT NULL,
      scopes text[] NOT NULL,
      hash text NOT NULL,
      created_by text,
      created_at timestamptz NOT NULL,
      expires_at timestamptz,
      revoked_at timestamptz,
      last_used_at timestamptz
    ) WITH (fillfactor = 70)
  `.execute(db);
  await sql`CREATE INDEX api_keys_of_project ON api_keys (project, id)`.execute(db);
  await sql`
    CREATE TABLE signing_keys (
      id text PRIMARY KEY,
      private_key jsonb NOT NULL,
      created_at timestamptz NOT NULL
    )
  `.execute(db);

  // Amounts are in millionths of a US dollar, so that sums are exact.
  await sql`
    ALTER TABLE videos
      ADD COLUMN turn integer NOT NULL DEFAULT 0,
      ADD COLUMN held_micros bigint NOT NULL DEFAULT 0,
      ADD COLUMN spent_micros bigint NOT NULL DEFAULT 0
  `.execute(db);
  await sql`
    UPDATE videos SET spent_micros = greatest(0, round(charged_usd * 1000000)) WHERE charged_usd IS NOT NULL
  `.execute(db);
  // As every video under way does from now on.
  await sql`
    UPDATE videos SET held_micros = round(estimated_usd * 1000000) WHERE finished_at IS NULL AND estimated_usd IS NOT NULL
  `.execute(db);
  // What was never sent, to find the next turn. No column in them changes that was in no index before: a video's entries end when it
  // is first sent, or canceled before, and both are updates that other indexes keep from being HOT already.
  await sql`
    CREATE INDEX videos_turn ON videos (turn) WHERE submitted_at IS NULL AND finished_at IS NULL
  `.execute(db);
  await sql`
    CREATE INDEX videos_turn_of_key ON videos (project, coalesce(key_id, ''), turn)
    WHERE submitted_at IS NULL AND finished_at IS NULL
  `.execute(db);
  // What is unfinished, to count it for a key or a subject. They do for all of it, too.
  await sql`DROP INDEX videos_unfinished`.execute(db);
  await sql`
    CREATE INDEX videos_unfinished_of_key ON videos (project, coalesce(key_id, '')) WHERE finished_at IS NULL
  `.execute(db);
  await sql`
    CREATE INDEX videos_unfinished_of_subject ON videos (project, subject) WHERE finished_at IS NULL
  `.execute(db);
  await sql`CREATE INDEX videos_held ON videos (id) WHERE held_micros > 0 AND finished_at IS NOT NULL`.execute(db);
  await sql`CREATE INDEX videos_of_subject ON videos (project, subject, id)`.execute(db);

  await sql`
    CREATE TABLE budgets (
      id text PRIMARY KEY,
      project text NOT NULL,
      kind text NOT NULL,
      target text,
      period text NOT NULL,
      limit_micros bigint NOT NULL,
      updated_at timestamptz NOT NULL
    )
  `.execute(db);
  await sql`CREATE UNIQUE INDEX budgets_target ON budgets (project, kind, coalesce(target, ''), period)`.execute(db);
  // What videos accepted in a period have spent or hold, for each target that has a budget.
  await sql`
    CREATE TABLE budget_spending (
      project text NOT NULL,
      kind text NOT NULL,
      target text NOT NULL,
      period text NOT NULL,
      begins_at timestamptz NOT NULL,
      used_micros bigint NOT NULL,
      PRIMARY KEY (project, kind, target, period, begins_at)
    ) WITH (fillfactor = 50)
  `.execute(db);
  await sql`
    CREATE TABLE creation_rates (
      project text NOT NULL,
      kind text NOT NULL,
      target text NOT NULL,
      free_at timestamptz NOT NULL,
      PRIMARY KEY (project, kind, target)
    ) WITH (fillfactor = 50)
  `.execute(db);
  await sql`
    CREATE TABLE ledger_readings (name text PRIMARY KEY, read_at timestamptz NOT NULL, read_until timestamptz NOT NULL)
  `.execute(db);
}
