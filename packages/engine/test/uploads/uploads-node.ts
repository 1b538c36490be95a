import { createHash } from "node:crypto";
import { join } from "node:path";
import { type AcceptedInput, parseCreateVideoInput, type VideoRequest } from "@reelwire/core";
import { onTestFinished } from "vitest";
import type { Archive } from "../../src/archive/archive.ts";
import { openArchive } from "../../src/archive/open-archive.ts";
import type { EngineDatabase } from "../../src/database/database.ts";
import type { EngineSchema } from "../../src/database/schema.ts";
import { silentLogger } from "../../src/logger.ts";
import { sweepUploadsOnce } from "../../src/uploads/sweep-uploads.ts";
import { createUploads, type Uploads, type UploadsContext } from "../../src/uploads/uploads.ts";
import { startS3Server } from "../archive/s3-server.ts";
import { temporaryDirectory } from "../archive/temporary-directory.ts";

export const PUBLIC_URL = "https://video.example.com/reelwire";
export const SECRET = createHash("sha256").update("of the tests").digest();

const never = new AbortController().signal;

/** An empty archive of a kind, gone after the test. */
export async function emptyArchive(kind: "disk" | "s3"): Promise<Archive> {
  if (kind === "disk") {
    const { path, ...directory } = await temporaryDirectory();
    onTestFinished(() => directory[Symbol.asyncDispose]());
    return await openArchive({ kind, directory: join(path, "files"), leftoverAgeMs: 0 });
  }
  const server = await startS3Server();
  onTestFinished(() => server[Symbol.asyncDispose]());
  return await openArchive({ kind, ...server.options });
}

/** Uploads in a database, without an engine. */
export interface UploadsNode {
  uploads: Uploads;
  /** Deletes what has expired, and says how many there were. */
  sweep(): Promise<number>;
  /** Keeps what a request names, as the transaction of a new video does. */
  keep: (...of: Parameters<Uploads["keep"]> extends [unknown, ...infer Rest] ? Rest : never) => Promise<void>;
}

export function uploadsOn(
  db: EngineDatabase<EngineSchema>,
  archive: Archive,
  options: Partial<UploadsContext> = {},
): UploadsNode {
  const context = { db, archive, secret: SECRET, keptMs: 3_600_000, closing: never, publicUrl: () => PUBLIC_URL };
  const uploads = createUploads({ ...context, ...options });
  return {
    uploads,
    sweep: () => sweepUploadsOnce({ db, archive, everyMs: 1, log: silentLogger }, never),
    keep: (viewer, request) => db.transaction(({ kysely }) => uploads.keep(kysely, viewer, request)),
  };
}

/** The request of a video with these images. */
export function requestWith(images: Pick<AcceptedInput["request"], "imageUrl"> & Partial<VideoRequest>): VideoRequest {
  return { ...parseCreateVideoInput({ prompt: "a boat" }).request, ...images };
}

export const addressOf = ({ path }: { path: string }) => `${PUBLIC_URL}/${path}`;
