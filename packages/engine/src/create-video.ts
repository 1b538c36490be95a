import { createHash } from "node:crypto";
import { type AcceptedInput, ApiError, acceptedState, newVideoId, type VideoRequest } from "@reelwire/core";
import type { EngineDatabase } from "./database/database.ts";
import type { EngineSchema } from "./database/schema.ts";
import { throughOutage } from "./database-outage.ts";
import { takeImagesApart } from "./embedded-images.ts";
import type { EventBus } from "./event-bus.ts";
import type { JobQueue } from "./queue.ts";
import { admitCreation } from "./rates/admit-creation.ts";
import type { CreationLimits } from "./rates/creation-limits.ts";
import { hold } from "./spending/hold.ts";
import { findByIdempotencyKey, insertVideo, loadVideo } from "./store.ts";
import { takeTurn } from "./take-turn.ts";
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
  limits: CreationLimits;
  /** Aborts when the engine closes. */
  closing: AbortSignal;
}

/**
 * Accepts a video: its row and its job are saved in one transaction, and only then is it answered (invariant 1).
 *
 * @throws {ApiError} `IDEMPOTENCY_CONFLICT` when the key was used with another input (invariant 4); `EXTERNAL_ID_TAKEN`;
 *   `RATE_LIMITED`, `BUDGET_EXCEEDED`, `PRICE_TOO_HIGH`, `PRICE_UNKNOWN`; `UNAVAILABLE` when the database stays away
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

  const { request, images } = takeImagesApart(input.request);
  const video = acceptedVideo({ ...input, request }, owner, fingerprint, context.estimateUsd(request));

  const reuse = async (): Promise<CreatedVideo | null> => {
    const earlier = idempotencyKey === null ? null : await findByIdempotencyKey(db.kysely, owner, idempotencyKey);
    if (earlier === null) return null;
    if (earlier.fingerprint !== fingerprint) throw new ApiError("IDEMPOTENCY_CONFLICT");
    return { video: earlier, reused: earlier.id !== video.id };
  };

  /** Can be done again where a connection was lost on the way: the same video is saved once, whether the first try was or not. */
  const accept = async (): Promise<CreatedVideo> => {
    const reused = await reuse();
    if (reused !== null) return reused;
    const saved = await db.transaction(async ({ kysely, executor }) => {
      const turn = await takeTurn(kysely, viewer);
      if (!(await insertVideo(kysely, video, images, { keyId: viewer.keyId, turn }))) return false;
      await queue.send(executor, video.id, video.fence, turn);
      await admitCreation(kysely, viewer, context.limits);
      await hold(kysely, viewer, video);
      return true;
    });
    if (saved) return { video, reused: false };
    // An earlier try was saved after all, somebody was quicker with the same idempotency key, or the external id is taken.
    const winner = (await reuse()) ?? { video: await loadVideo(db.kysely, video.id), reused: false };
    if (winner.video === null) throw new ApiError("EXTERNAL_ID_TAKEN");
    return { video: winner.video, reused: winner.reused };
  };

  const created = await throughOutage(accept, context.closing);
  if (!created.reused) {
    queue.wake();
    bus.publish({ videoId: video.id, owner, version: created.video.version, lastCheckedAt: null });
  }
  return created;
}

function acceptedVideo(
  { request, idempotencyKey, externalId }: AcceptedInput,
  owner: StoredVideo["owner"],
  fingerprint: string,
  estimatedUsd: number | null,
): StoredVideo {
  const now = new Date();
  return {
    id: newVideoId(),
    request,
    idempotencyKey,
    externalId,
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
