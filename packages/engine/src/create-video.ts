import { createHash } from "node:crypto";
import { type AcceptedInput, ApiError, acceptedState, newVideoId, type VideoRequest } from "@reelwire/core";
import type { EngineDatabase } from "./database/database.ts";
import type { EngineSchema } from "./database/schema.ts";
import { takeImagesApart } from "./embedded-images.ts";
import type { EventBus } from "./event-bus.ts";
import type { JobQueue } from "./queue.ts";
import { findByIdempotencyKey, insertVideo } from "./store.ts";
import type { StoredVideo } from "./video-row.ts";
import { ownerOf, type Viewer } from "./viewer.ts";

/** What `createVideo` answers. */
export interface CreatedVideo {
  video: StoredVideo;
  /** `true` when the idempotency key was used before, and this is the video made then. */
  reused: boolean;
}

/** What accepting a video needs. */
export interface CreateVideoContext {
  db: EngineDatabase<EngineSchema>;
  queue: JobQueue;
  bus: EventBus;
  /** What a request will cost in US dollars, or `null` when no price is known. */
  estimateUsd: (request: VideoRequest) => number | null;
}

/**
 * Accepts a video: its row and its job are saved in one transaction, and only then is it answered (invariant 1).
 *
 * @throws {ApiError} `IDEMPOTENCY_CONFLICT` when the key was used with another input (invariant 4); `EXTERNAL_ID_TAKEN`
 */
export async function createVideo(
  context: CreateVideoContext,
  viewer: Viewer,
  input: AcceptedInput,
): Promise<CreatedVideo> {
  const { db, queue, bus } = context;
  const owner = ownerOf(viewer);
  const fingerprint = fingerprintOf(input);
  const { idempotencyKey } = input;

  const reuse = async (): Promise<CreatedVideo | null> => {
    const video = idempotencyKey === null ? null : await findByIdempotencyKey(db.kysely, owner, idempotencyKey);
    if (video === null) return null;
    if (video.fingerprint !== fingerprint) throw new ApiError("IDEMPOTENCY_CONFLICT");
    return { video, reused: true };
  };

  const reused = await reuse();
  if (reused !== null) return reused;

  const { request, images } = takeImagesApart(input.request);
  const video = acceptedVideo({ ...input, request }, owner, fingerprint, context.estimateUsd(request));
  const saved = await db.transaction(async ({ kysely, executor }) => {
    if (!(await insertVideo(kysely, video, images, viewer.keyId))) return false;
    await queue.send(executor, video.id, video.fence);
    return true;
  });
  if (!saved) {
    // Somebody was quicker with the same idempotency key, or the external id is taken.
    const winner = await reuse();
    if (winner !== null) return winner;
    throw new ApiError("EXTERNAL_ID_TAKEN");
  }
  queue.wake();
  bus.publish({ videoId: video.id, owner, version: video.version, lastCheckedAt: null });
  return { video, reused: false };
}

function acceptedVideo(
  input: AcceptedInput,
  owner: StoredVideo["owner"],
  fingerprint: string,
  estimatedUsd: number | null,
): StoredVideo {
  const now = new Date();
  return {
    id: newVideoId(),
    ...input,
    owner,
    fingerprint,
    estimatedUsd,
    createdAt: now,
    ...acceptedState(now),
    fence: 0,
    archivedAt: null,
  };
}

/** The same for the same input, defaults filled in, in whatever order it was written. */
function fingerprintOf({ request, externalId }: AcceptedInput): string {
  const hash = createHash("sha256");
  // Piece by piece, since images are large. What was left out counts as not there, as it will for fields yet to come.
  for (const [name, value] of Object.entries({ ...request, externalId }).sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (value !== null) hash.update(`${name} ${typeof value} ${String(value).length} `).update(String(value));
  }
  return hash.digest("base64url");
}
