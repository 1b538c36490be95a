import type { JWK } from "jose";
import type { ColumnType, Generated } from "kysely";

/** A jsonb column: read as a parsed value, written as text, since the drivers differ in what they take. */
type Json<T> = ColumnType<T, string, string>;

/** One row a video: what was asked for, whose it is, and where it is. */
export interface VideosTable {
  id: string;
  project: string;
  subject: string;
  key_id: string | null;
  /** A `VideoRequest` without embedded images. */
  request: Json<unknown>;
  /** Of the request and the external id, so that an idempotency key with another input is noticed. */
  fingerprint: string;
  idempotency_key: string | null;
  external_id: string | null;
  estimated_usd: number | null;
  created_at: Date;

  status: string;
  version: number;
  attempt: number;
  waiting_reason: string | null;
  generation_id: string | null;
  source_url: string | null;
  error: Json<unknown> | null;
  credits_used: number | null;
  charged_usd: number | null;
  submitted_at: Date | null;
  last_checked_at: Date | null;
  last_pending_at: Date | null;
  finished_at: Date | null;
  updated_at: Date;

  /** Which claim may write (invariant 5). */
  fence: Generated<number>;
  /** The node that last claimed it; one that is not in `nodes`, or is lost there, carries it no more. */
  node_id: string | null;
  /** When our copy of the file was complete. */
  archived_at: Date | null;

  /** Its place among those that wait to be sent: keys take turns. */
  turn: Generated<number>;
  /** What budgets hold for it as long as it is not known what it costs, in millionths of a US dollar. */
  held_micros: Generated<number>;
  /** What it has cost, in millionths of a US dollar. */
  spent_micros: Generated<number>;
  /** Who is told of its end besides webhooks, as `createVideo` was asked: each once. */
  callback_urls: Generated<string[]>;
}

/** One row a version: the state as it was, so that a subscriber can be told every version it missed. */
export interface VideoEventsTable {
  video_id: string;
  version: number;
  event: string;
  /** A `VideoState`, its times as ISO texts. */
  state: Json<unknown>;
  at: Date;
}

/** Images that were given as `data:` URIs, apart from the rows that are read often. */
export interface VideoImagesTable {
  video_id: string;
  image_url: string | null;
  last_image_url: string | null;
}

/** What every node must agree on, such as the secret that signs file addresses. */
export interface SecretsTable {
  name: string;
  value: string;
}

/** One row for each process that uses the database, as long as it is heard of. */
export interface NodesTable {
  id: string;
  started_at: Generated<Date>;
  /** By the clock of the database, which is everybody's. */
  seen_at: Generated<Date>;
  /** It was not heard of in time, and what it carried was given to others. It must begin anew under another id. */
  lost: Generated<boolean>;
  /** Whether it carries videos, or only answers. */
  carries: boolean;
  /** Which store of files it uses: the same for all. */
  files: string;
  /** Whom it has make the videos: the same for all. */
  upstream: string;
  /** Its shares of the limits that all nodes keep to together; see `upstream-limits.ts`. */
  generations: Generated<number>;
  /** What it could use of them. */
  generations_wanted: Generated<number>;
  /** How many of those it could use are for videos that wait to be sent; the rest it carries. */
  waiting: Generated<number>;
  submissions_per_second: Generated<number>;
  polls_per_second: Generated<number>;
}

/** Until when nobody shall call the upstream, since it said 429 to somebody. */
export interface UpstreamPausesTable {
  endpoint: string;
  until: Date;
}

/** A customer's own space: nothing in it is seen from another. */
export interface ProjectsTable {
  name: string;
  created_at: Date;
}

/** An API key; its secret is not kept. */
export interface ApiKeysTable {
  id: string;
  project: string;
  name: string;
  scopes: string[];
  /** SHA-256 of the secret, in base64url. */
  hash: string;
  /** The key that made it; `null`: the operator. */
  created_by: string | null;
  created_at: Date;
  expires_at: Date | null;
  revoked_at: Date | null;
  /** To the minute or so. */
  last_used_at: Date | null;
}

/** A key that signs access tokens, or did. */
export interface SigningKeysTable {
  id: string;
  private_key: Json<JWK>;
  created_at: Date;
}

/** The most that may be spent by a target in each period. */
export interface BudgetsTable {
  id: string;
  project: string;
  kind: string;
  /** The key's id, or the subject; `null`: the project, or each key or subject by itself. */
  target: string | null;
  period: string;
  limit_micros: number;
  updated_at: Date;
}

/** What a target has used of a period's budget: what its videos, accepted in that period, have spent or hold. */
export interface BudgetSpendingTable {
  project: string;
  kind: string;
  /** The key's id or the subject; empty for the project. */
  target: string;
  period: string;
  begins_at: Date;
  used_micros: number;
}

/** When a target may make videos as if it had not made any yet. */
export interface CreationRatesTable {
  project: string;
  kind: string;
  target: string;
  free_at: Date;
}

/** How far the upstream's ledger was read. */
export interface LedgerReadingsTable {
  name: string;
  read_at: Date;
  read_until: Date;
}

/** An image that was uploaded to make videos from. Its file is in the archive, or it is about to be deleted. */
export interface UploadsTable {
  id: string;
  project: string;
  subject: string;
  key_id: string | null;
  content_type: string;
  /** As it is shown, in pixels. */
  width: number;
  height: number;
  bytes: number;
  created_at: Date;
  /** `null`: a video is made from it, and it is kept. */
  expires_at: Date | null;
}

/** A receiver that is told how videos end. */
export interface WebhooksTable {
  id: string;
  project: string;
  /** Whose it is, and whose videos it is told of; empty: the project's, and those of all. */
  subject: string;
  key_id: string | null;
  url: string;
  events: string[];
  /** Of which videos it is told; `null`: any. */
  filter_model: string | null;
  filter_external_id_prefix: string | null;
  filter_subject: string | null;
  /** Of its subject and all above: the same for the same. */
  fingerprint: string;
  secret: string;
  /** Signs as well until then. */
  previous_secret: string | null;
  previous_secret_until: Date | null;
  created_at: Generated<Date>;
  /** Since when every attempt has failed. */
  failing_since: Date | null;
  disabled_at: Date | null;
  disabled_reason: string | null;
}

/** One thing to be told to one receiver: written in the statement that ends the video. */
export interface WebhookDeliveriesTable {
  id: Generated<string>;
  /** `null`: to a `callbackUrl`. It may be of a webhook that was deleted. */
  webhook_id: string | null;
  video_id: string;
  project: string;
  /** Whose it is to see: the webhook's subject, or for a callback the video's. */
  subject: string;
  url: string;
  event: string;
  status: Generated<string>;
  created_at: Generated<Date>;
  next_attempt_at: Generated<Date | null>;
  finished_at: Date | null;
  /** When the time that it is tried for began: with it, or when somebody had it delivered again. */
  tried_since: Generated<Date>;
  /** How often it was tried since then. */
  tries: Generated<number>;
  /** The node that last claimed it. */
  node_id: string | null;
}

/** One POST to a receiver. */
export interface WebhookAttemptsTable {
  delivery_id: string;
  number: number;
  at: Date;
  duration_ms: number;
  status_code: number | null;
  error_code: string | null;
  error_message: string | null;
  response_body: string | null;
}

/** What deliveries to a project's callbacks are signed with. */
export interface CallbackSecretsTable {
  project: string;
  secret: string;
  /** Signs as well until then. */
  previous_secret: string | null;
  previous_secret_until: Date | null;
}

export interface EngineSchema {
  videos: VideosTable;
  video_events: VideoEventsTable;
  video_images: VideoImagesTable;
  secrets: SecretsTable;
  nodes: NodesTable;
  upstream_pauses: UpstreamPausesTable;
  projects: ProjectsTable;
  api_keys: ApiKeysTable;
  signing_keys: SigningKeysTable;
  budgets: BudgetsTable;
  budget_spending: BudgetSpendingTable;
  creation_rates: CreationRatesTable;
  ledger_readings: LedgerReadingsTable;
  uploads: UploadsTable;
  webhooks: WebhooksTable;
  webhook_deliveries: WebhookDeliveriesTable;
  webhook_attempts: WebhookAttemptsTable;
  callback_secrets: CallbackSecretsTable;
}
