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
  finished_at: Date | null;
  updated_at: Date;

  /** Which claim may write (invariant 5). */
  fence: Generated<number>;
  /** When our copy of the file was complete. */
  archived_at: Date | null;
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

export interface EngineSchema {
  videos: VideosTable;
  video_events: VideoEventsTable;
  video_images: VideoImagesTable;
  secrets: SecretsTable;
}
