import {
  toStorableText,
  type Video,
  type VideoError,
  type VideoRequest,
  type VideoState,
  type VideoStatus,
  videoIdFromUuid,
  videoIdToUuid,
  type WaitingReason,
} from "@reelwire/core";
import type { Selectable } from "kysely";
import type { VideosTable } from "./database/schema.ts";
import type { Owner } from "./viewer.ts";

/** A video with what only the engine knows of it. Images that were given as `data:` URIs are not in its `request`. */
export interface StoredVideo extends Video {
  owner: Owner;
  /** The API key that it was made with; `null`: none. */
  keyId: string | null;
  /** Of the input, for idempotency. */
  fingerprint: string;
  /** Which claim may write to it (invariant 5). */
  fence: number;
  /** When our copy of the file was complete; `null` until then. */
  archivedAt: Date | null;
}

type VideoRow = Selectable<VideosTable>;

/** The columns of a state, as they are written. */
export function stateColumns(given: VideoState) {
  const state = storable(given);
  return {
    status: state.status,
    version: state.version,
    attempt: state.attempt,
    waiting_reason: state.waitingReason,
    generation_id: state.generationId,
    source_url: state.sourceUrl,
    error: state.error === null ? null : JSON.stringify(state.error),
    credits_used: state.creditsUsed,
    charged_usd: state.chargedUsd,
    submitted_at: state.submittedAt,
    last_checked_at: state.lastCheckedAt,
    last_pending_at: state.lastPendingAt,
    finished_at: state.finishedAt,
    updated_at: state.updatedAt,
  };
}

/** A row as the rest of the engine knows it. What is in our own columns was checked before it was written. */
export function videoFromRow(row: VideoRow): StoredVideo {
  return {
    id: videoIdFromUuid(row.id),
    request: row.request as VideoRequest,
    idempotencyKey: row.idempotency_key,
    externalId: row.external_id,
    estimatedUsd: row.estimated_usd,
    createdAt: row.created_at,
    status: row.status as VideoStatus,
    version: row.version,
    attempt: row.attempt,
    waitingReason: row.waiting_reason as WaitingReason | null,
    generationId: row.generation_id,
    sourceUrl: row.source_url,
    error: row.error as VideoError | null,
    creditsUsed: row.credits_used,
    chargedUsd: row.charged_usd,
    submittedAt: row.submitted_at,
    lastCheckedAt: row.last_checked_at,
    lastPendingAt: row.last_pending_at,
    finishedAt: row.finished_at,
    updatedAt: row.updated_at,
    owner: { project: row.project, subject: row.subject },
    keyId: row.key_id,
    fingerprint: row.fingerprint,
    fence: row.fence,
    archivedAt: row.archived_at,
  };
}

/** The state alone, as `video_events` keeps it. */
export function stateToJson(given: VideoState): string {
  const state = storable(given);
  return JSON.stringify({
    status: state.status,
    version: state.version,
    attempt: state.attempt,
    waitingReason: state.waitingReason,
    generationId: state.generationId,
    sourceUrl: state.sourceUrl,
    error: state.error,
    creditsUsed: state.creditsUsed,
    chargedUsd: state.chargedUsd,
    submittedAt: state.submittedAt,
    lastCheckedAt: state.lastCheckedAt,
    lastPendingAt: state.lastPendingAt,
    finishedAt: state.finishedAt,
    updatedAt: state.updatedAt,
  } satisfies VideoState);
}

/** A state whose texts from the upstream can be stored: one that cannot would never let its video go on. */
function storable(state: VideoState): VideoState {
  const { generationId, sourceUrl, error } = state;
  return {
    ...state,
    generationId: generationId === null ? null : toStorableText(generationId),
    sourceUrl: sourceUrl === null ? null : toStorableText(sourceUrl),
    error: error === null ? null : { ...error, message: toStorableText(error.message) },
  };
}

type StateJson = Omit<VideoState, "submittedAt" | "lastCheckedAt" | "lastPendingAt" | "finishedAt" | "updatedAt"> & {
  submittedAt: string | null;
  lastCheckedAt: string | null;
  /** Not in rows that an older release wrote. */
  lastPendingAt?: string | null;
  finishedAt: string | null;
  updatedAt: string;
};

/** The reverse of `stateToJson`, after the database has parsed the JSON. */
export function stateFromJson(json: unknown): VideoState {
  const state = json as StateJson;
  const date = (text: string | null) => (text === null ? null : new Date(text));
  return {
    ...state,
    submittedAt: date(state.submittedAt),
    lastCheckedAt: date(state.lastCheckedAt),
    lastPendingAt: date(state.lastPendingAt ?? null),
    finishedAt: date(state.finishedAt),
    updatedAt: new Date(state.updatedAt),
  };
}

/** The UUID that a video has in the database. @throws {RangeError} for what is no video id */
export function videoUuid(id: string): string {
  const uuid = videoIdToUuid(id);
  if (uuid === null) throw new RangeError("not a video id");
  return uuid;
}
