import { createHash } from "node:crypto";
import type { GivenImage } from "./image-upload.ts";
import type { RequestedVideo } from "./video-input.ts";

/**
 * What a step's run is known by. Zapier tells a step neither which run it is of nor whether it is replayed, and nothing says that a
 * replayed one has the same callback address; so it is what the step is and what it was given. An image counts by its bytes, since Zapier
 * gives the same file by another address each time.
 */
export interface StepRun {
  /** Of which Zap it is; `null` where the platform does not tell. */
  zapId: string | null;
  /** The key of the action. */
  action: string;
  /** A test in the editor and a real run are not the same. */
  isTest: boolean;
  video: RequestedVideo;
  images: Readonly<Record<string, GivenImage | undefined>>;
}

/**
 * How long the same input means the same video. Zapier replays a failed step by itself for 10 hours 35 minutes at most
 * (https://help.zapier.com/hc/en-us/articles/8496289225229); a Zap that makes the same video each day makes one each day.
 */
export const SAME_RUN_MS = 12 * 60 * 60_000;

/** The keys that a run may have been given: as of now, and as of the stretch of time before, the earlier one first. */
export function stepKeys(run: StepRun, nowMs: number): [earlier: string, current: string] {
  const what = digest(whatIsMade(run));
  const stretch = Math.floor(nowMs / SAME_RUN_MS);
  return [named(`${what}.${stretch - 1}`), named(`${what}.${stretch}`)];
}

/** The key of another try, where the one before came to nothing. */
export function nextKey(key: string, failedVideoId: string): string {
  return named(`${key}.${failedVideoId}`);
}

const named = (text: string) => `zapier-${digest(text).slice(0, 40)}`;

const digest = (data: string | Buffer) => createHash("sha256").update(data).digest("hex");

function whatIsMade({ zapId, action, isTest, video, images }: StepRun): string {
  // Neither makes another video of it.
  const { idempotencyKey: _key, maxUsd: _price, ...made } = video;
  const pictures = Object.entries(images).map(([name, image]) => [name, image && pictureOf(image)]);
  return JSON.stringify([zapId, action, isTest, made, Object.fromEntries(pictures)]);
}

const pictureOf = (image: GivenImage) => ("url" in image ? image.url : digest(image.bytes));
