import type { Video } from "@reelwire/core";
import pLimit from "p-limit";
import type { Archive } from "./archive/archive.ts";
import { ArchiveError } from "./archive/archive-error.ts";
import { CopyError } from "./archive/copy-error.ts";
import { copyResult } from "./archive/copy-result.ts";
import { GuardedFetchError } from "./guarded-fetch/guarded-fetch-error.ts";
import type { GuardedFetchOptions } from "./guarded-fetch.ts";
import type { Logger } from "./logger.ts";

/** Copies finished files into the archive. */
export interface ArchiveVideo {
  /** Copies the file now, if it is not there yet. Two callers at the same time share one copy. @throws why it failed */
  archive(video: Video): Promise<void>;
  /** The same as part of carrying the video: what fails does not fail the video, and is tried again later if it is worth it. */
  archiveOrRetryLater(video: Video): Promise<void>;
  /** The same as one of those later tries. @throws why it failed, where yet another try is worth it */
  archiveAgain(video: Video): Promise<void>;
}

/** Files copied at a time. More would share the same network, and hold as many connections and buffers. */
const COPIES_AT_A_TIME = 8;

/** What copying needs. */
export interface ArchiveVideoOptions {
  archive: Archive;
  fetch: GuardedFetchOptions;
  log: Logger;
  /** Records that a copy is complete. */
  onArchived: (videoId: string) => Promise<void>;
  /** Has a copy that failed tried again, some time, by some node. */
  tryAgainLater: (videoId: string) => Promise<void>;
}

/** The name of a video's file in the archive. */
export function archiveKey(videoId: string): string {
  return `${videoId}.mp4`;
}

/** Makes the copier of one node. */
export function createArchiveVideo(options: ArchiveVideoOptions): ArchiveVideo {
  const { archive, log } = options;
  const limit = pLimit(COPIES_AT_A_TIME);
  const underWay = new Map<string, Promise<void>>();

  async function copyOnce({ id, sourceUrl, request }: Video): Promise<void> {
    const key = archiveKey(id);
    if (sourceUrl === null) return;
    if ((await archive.stat(key)) === null) {
      const result = await copyResult({ sourceUrl, key, archive, expect: request, fetch: options.fetch });
      const fields = { videoId: id, bytes: result.bytes, differences: result.differences };
      if (result.differences.length > 0) log.warn(fields, "the file is not what was asked for");
      else log.info(fields, "file archived");
    }
    await options.onArchived(id);
  }

  function archiveFile(video: Video): Promise<void> {
    const running = underWay.get(video.id) ?? limit(copyOnce, video).finally(() => underWay.delete(video.id));
    underWay.set(video.id, running);
    return running;
  }

  /** @returns whether another try is worth it, or `null` when it worked */
  async function tryArchive(video: Video): Promise<{ error: unknown; again: boolean } | null> {
    try {
      await archiveFile(video);
      return null;
    } catch (error) {
      const again = isWorthAnotherTry(error);
      log.warn({ videoId: video.id, again, err: error }, "the file could not be archived");
      return { error, again };
    }
  }

  return {
    archive: archiveFile,
    async archiveOrRetryLater(video) {
      const failure = await tryArchive(video);
      if (failure?.again) await options.tryAgainLater(video.id);
    },
    async archiveAgain(video) {
      const failure = await tryArchive(video);
      if (failure?.again) throw failure.error;
    },
  };
}

/** Whether copying may work another time; decided where the error was made. */
function isWorthAnotherTry(error: unknown): boolean {
  if (error instanceof CopyError || error instanceof GuardedFetchError || error instanceof ArchiveError) {
    return error.retryable;
  }
  return true;
}
