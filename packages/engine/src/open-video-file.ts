import { ApiError } from "@reelwire/core";
import type { Archive, ArchivedFile, ByteRange, OpenedFile, OpenOptions } from "./archive/archive.ts";
import { ArchiveError } from "./archive/archive-error.ts";
import { verifyFileSignature } from "./archive/signed-url.ts";
import { type ArchiveVideo, archiveKey } from "./archive-video.ts";
import type { EngineDatabase } from "./database/database.ts";
import type { EngineSchema } from "./database/schema.ts";
import { loadVideo } from "./store.ts";

/** A file that may be read. */
export interface VideoFile extends ArchivedFile {
  /** Always an MP4. */
  contentType: "video/mp4";
  /** The whole file, or a part of it; `null` when it has gone meanwhile. */
  open(range?: ByteRange, options?: OpenOptions): Promise<OpenedFile | null>;
}

/** What opening a file needs. */
export interface OpenVideoFileContext {
  db: EngineDatabase<EngineSchema>;
  archive: Archive;
  archiveVideo: ArchiveVideo;
  secret: Buffer;
}

/**
 * The file at a signed address. A video that was completed a moment ago may still be on its way into the archive: its
 * copy is waited for, or made now if an earlier try failed.
 *
 * @throws {ApiError} `NOT_FOUND` for a wrong signature, an unknown video and one without a file alike;
 *   `FILE_UNAVAILABLE` when the upstream's file could not be copied, or the storage is away
 */
export async function openVideoFile(context: OpenVideoFileContext, key: string, signature: string): Promise<VideoFile> {
  const { archive, archiveVideo, db, secret } = context;
  const videoId = key.replace(/\.mp4$/, "");
  if (key !== archiveKey(videoId) || !verifyFileSignature(secret, key, signature)) throw new ApiError("NOT_FOUND");
  let file = await orUnavailable(archive.stat(key));
  if (file === null) {
    const video = await loadVideo(db.kysely, videoId);
    if (video?.status !== "COMPLETED") throw new ApiError("NOT_FOUND");
    await archiveVideo.archive(video).catch((error: unknown) => {
      throw new ApiError("FILE_UNAVAILABLE", undefined, [], { cause: error });
    });
    file = await orUnavailable(archive.stat(key));
    if (file === null) throw new ApiError("FILE_UNAVAILABLE");
  }
  const open: VideoFile["open"] = (range, options) => orUnavailable(archive.open(key, range, options));
  return { ...file, contentType: "video/mp4", open };
}

/** What the storage does, with its errors as the caller's: they pass, and their messages are for the log. */
export async function orUnavailable<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof ArchiveError)) throw error;
    throw new ApiError("FILE_UNAVAILABLE", undefined, [], { cause: error });
  }
}
