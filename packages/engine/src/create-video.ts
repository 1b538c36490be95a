import { createHash } from "node:crypto";
import { type AcceptedInput, ApiError, acceptedState, newVideoId, type Quote, type VideoRequest } from "@reelwire/core";
import type { CarryContext } from "./carry-context.ts";
import type { EngineDatabase } from "./database/database.ts";
import type { EngineSchema } from "./database/schema.ts";
import { throughOutage } from "./database-outage.ts";
import { takeImagesApart } from "./embedded-images.ts";
import type { EventBus } from "./event-bus.ts";
import type { JobQueue } from "./queue.ts";
import { admitCreation } from "./rates/admit-creation.ts";
import type { CreationLimits } from "./rates/creation-limits.ts";
import { inDollars } from "./spending/dollars.ts";
import { applyingBudgets, assertAffordable, countBudgets, hold } from "./spending/hold.ts";
import { findByIdempotencyKey, insertVideo, loadVideo } from "./store.ts";
import { takeTurn } from "./take-turn.ts";
import type { Uploads } from "./uploads/uploads.ts";
import type { StoredVideo } from "./video-row.ts";
import { ownerOf, type Viewer } from "./viewer.ts";
import { addCallback, hasCallback, MAX_CALLBACKS } from "./webhooks/outbox.ts";

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
  /** The same, and waits a moment for a price that is not known yet. */
  quote: (request: VideoRequest) => Promise<Quote>;
  limits: CreationLimits;
  uploads: Pick<Uploads, "keep">;
  /** Says whether an address may be called back. @throws {ApiError} `BAD_INPUT` */
  checkCallback: (url: string) => Promise<void>;
  /** See `CarryContext`. */
  tell: CarryContext["tell"];
  /** Aborts when the engine closes. */
  closing: AbortSignal;
}

/**
 * Accepts a video: its row and its job are saved in one transaction, and only then is it answered (invariant 1).
 *
 * @throws {ApiError} `IDEMPOTENCY_CONFLICT` when the key was used with another input (invariant 4); `EXTERNAL_ID_TAKEN`;
 *   `BAD_INPUT` for an upload that is not there, or a callback's address that may not be sent to; `TOO_MANY_WEBHOOKS`; `RATE_LIMITED`, `BUDGET_EXCEEDED`, `PRICE_TOO_HIGH`, `PRICE_UNKNOWN`; `UNAVAILABLE` when the database stays away
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
  let video = acceptedVideo({ ...input, request }, viewer, fingerprint, context.estimateUsd(request));
  const { callbackUrl } = input;
  let isCallbackChecked = callbackUrl === null;
  let isPriceAsked = video.estimatedUsd !== null;
  let isCounted = false;

  const reuse = async (): Promise<CreatedVideo | null> => {
    const earlier = idempotencyKey === null ? null : await findByIdempotencyKey(db.kysely, owner, idempotencyKey);
    if (earlier === null) return null;
    if (earlier.fingerprint !== fingerprint) throw new ApiError("IDEMPOTENCY_CONFLICT");
    if (callbackUrl !== null) await callBackToo(earlier, callbackUrl);
    return { video: earlier, reused: earlier.id !== video.id };
  };

  /** Only an address that is new. */
  const checkCallback = async (): Promise<void> => {
    if (!isCallbackChecked && callbackUrl !== null) await context.checkCallback(callbackUrl);
    isCallbackChecked = true;
  };

  /** Whoever asks again, perhaps after a crash, may wait at another address. */
  const callBackToo = async (earlier: StoredVideo, url: string): Promise<void> => {
    if (await hasCallback(db.kysely, earlier.id, url)) return;
    await checkCallback();
    const deliveries = await addCallback(db.kysely, earlier.id, url);
    if (deliveries === null) throw new ApiError("TOO_MANY_WEBHOOKS", TOO_MANY_CALLBACKS);
    await context.tell(deliveries);
  };

  /** Only a video that is held to a price, or a budget, waits for one, and only once. */
  const askPrice = async (): Promise<void> => {
    if (isPriceAsked) return;
    isPriceAsked = true;
    video = { ...video, estimatedUsd: (await context.quote(request)).usd };
  };

  const save = () =>
    db.transaction(async ({ kysely, executor }): Promise<"saved" | "taken" | "unpriced" | "uncounted"> => {
      const budgets = await applyingBudgets(kysely, viewer, video);
      if (budgets.length > 0 && !isPriceAsked) return "unpriced";
      if (!isCounted && budgets.some(({ usedMicros }) => usedMicros === null)) return "uncounted";
      assertAffordable(budgets, viewer, video);
      const turn = await takeTurn(kysely, viewer);
      if (!(await insertVideo(kysely, video, images, turn, callbackUrl))) return "taken";
      await context.uploads.keep(kysely, viewer, request);
      await queue.send(executor, video.id, video.fence, turn);
      await admitCreation(kysely, viewer, context.limits);
      await hold(kysely, budgets, viewer, video);
      return "saved";
    });

  /** What there is already: of an earlier try, or of somebody who was quicker with the same idempotency key. */
  const existing = async (): Promise<CreatedVideo | null> => {
    const reused = await reuse();
    if (reused !== null) return reused;
    const own = await loadVideo(db.kysely, video.id);
    return own === null ? null : { video: own, reused: false };
  };

  /** Can be done again where a connection was lost on the way: the same video is saved once, whether the first try was or not. */
  const accept = async (): Promise<CreatedVideo> => {
    const reused = await reuse();
    if (reused !== null) return reused;
    try {
      await checkCallback();
      if (input.maxUsd !== null) {
        await askPrice();
        assertAtMost(input.maxUsd, video.estimatedUsd);
      }
      let outcome = await save();
      if (outcome === "unpriced") {
        await askPrice();
        outcome = await save();
      }
      if (outcome === "uncounted") {
        await countBudgets(db.kysely, viewer, video.createdAt);
        isCounted = true;
        outcome = await save();
      }
      if (outcome === "saved") return { video, reused: false };
    } catch (error) {
      // Perhaps for want of what this very video has used up, saved since it was looked for.
      const saved = error instanceof ApiError ? await existing() : null;
      if (saved !== null) return saved;
      throw error;
    }
    const winner = await existing();
    if (winner === null) throw new ApiError("EXTERNAL_ID_TAKEN");
    return winner;
  };

  const created = await throughOutage(accept, context.closing);
  if (!created.reused) {
    queue.wake();
    bus.publish({ videoId: video.id, owner, version: created.video.version, lastCheckedAt: null });
  }
  return created;
}

const TOO_MANY_CALLBACKS = `The video has ${MAX_CALLBACKS} callbacks already, and can have no more.`;

/** @throws {ApiError} `PRICE_UNKNOWN`, `PRICE_TOO_HIGH` */
function assertAtMost(maxUsd: number, priceUsd: number | null): void {
  if (priceUsd === null) throw new ApiError("PRICE_UNKNOWN");
  if (priceUsd <= maxUsd) return;
  const message = `The video would cost ${inDollars(priceUsd)}, and \`maxUsd\` is ${inDollars(maxUsd)}. Nothing was made.`;
  throw new ApiError("PRICE_TOO_HIGH", message);
}

function acceptedVideo(
  { request, idempotencyKey, externalId }: AcceptedInput,
  viewer: Viewer,
  fingerprint: string,
  estimatedUsd: number | null,
): StoredVideo {
  const now = new Date();
  return {
    id: newVideoId(),
    request,
    idempotencyKey,
    externalId,
    owner: ownerOf(viewer),
    keyId: viewer.keyId,
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
