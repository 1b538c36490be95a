import { listVideosDocument, type TypedDocument, type Video } from "@reelwire/core/operations";
import type { ZObject } from "zapier-platform-core";
import { ask, type Connected } from "./ask-gateway.ts";
import { nextKey, SAME_RUN_MS, type StepRun, stepKeys } from "./step-key.ts";

/** Under which key a step makes its video, and the video that an earlier try of it has made already. */
export interface KeyedStep {
  key: string;
  earlier: Video | null;
}

/** The addresses of a video's images. */
export interface ImageAddresses {
  readonly imageUrl: string | null;
  readonly lastImageUrl: string | null;
}

/** The client's documents leave them out, since each may have many megabytes. */
const findImagesDocument: TypedDocument<{ readonly video: ImageAddresses | null }, { id: string }> =
  "query FindImages($id: ID!) { video(id: $id) { imageUrl lastImageUrl } }";

/**
 * Looks for what an earlier try of the same step has made. The user's own key wins, and means what it means to the gateway. Otherwise a video
 * that came to nothing and cost nothing is not the step's: the next try makes another.
 */
export async function keyStep(z: ZObject, bundle: Connected, run: StepRun): Promise<KeyedStep> {
  const own = run.video.idempotencyKey;
  if (own != null) return { key: own, earlier: await findByKey(z, bundle, own) };
  const now = Date.now();
  const [before, current] = stepKeys(run, now);
  const earlier = await lastTry(z, bundle, before);
  const isOfThisRun = earlier.earlier !== null && now - Date.parse(earlier.earlier.createdAt) < SAME_RUN_MS;
  return isOfThisRun ? earlier : await lastTry(z, bundle, current);
}

/** What the images of a video were given as: the same again is the same input. */
export async function imagesOf(z: ZObject, bundle: Connected, id: string): Promise<ImageAddresses> {
  const { video } = await ask(z, bundle, findImagesDocument, { id });
  return video ?? { imageUrl: null, lastImageUrl: null };
}

async function lastTry(z: ZObject, bundle: Connected, first: string): Promise<KeyedStep> {
  let key = first;
  let earlier = await findByKey(z, bundle, key);
  while (earlier !== null && cameToNothing(earlier)) {
    key = nextKey(key, earlier.id);
    earlier = await findByKey(z, bundle, key);
  }
  return { key, earlier };
}

async function findByKey(z: ZObject, bundle: Connected, idempotencyKey: string): Promise<Video | null> {
  const { videos } = await ask(z, bundle, listVideosDocument, { first: 1, filter: { idempotencyKey } });
  return videos.nodes[0] ?? null;
}

/** Whether there is no video, nothing was charged for it, and another try may give one. */
function cameToNothing({ status, error, submittedAt }: Video): boolean {
  if (status === "CANCELED") return submittedAt === null;
  return status === "FAILED" && error?.retryable === true && error.billed === false;
}
