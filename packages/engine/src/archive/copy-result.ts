import { type GuardedFetchOptions, type GuardedResponse, guardedFetch } from "../guarded-fetch.ts";
import type { Archive } from "./archive.ts";
import { CopyError } from "./copy-error.ts";
import { differencesFrom, type ExpectedVideo, type VideoDifference } from "./expected-video.ts";
import type { Mp4Facts } from "./inspect-mp4.ts";
import { readMp4 } from "./read-mp4.ts";

export interface CopyResultOptions {
  /** The upstream's address of the file. */
  sourceUrl: string;
  /** What the file is to be called in the archive. */
  key: string;
  archive: Archive;
  /** What was asked for. A file that differs is kept all the same: it is what was paid for. */
  expect: ExpectedVideo;
  /** Limits, allowed hosts and the signal that ends the copy. Default: those of `guardedFetch`. */
  fetch?: GuardedFetchOptions;
}

/** What was copied. */
export interface CopiedResult extends Mp4Facts {
  bytes: number;
  /** In what the file differs from what was asked for. */
  differences: VideoDifference[];
}

// Google's storage answers 400 (ExpiredToken) where Amazon's answers 403; a CDN may forget the file or want a login.
const EXPIRED: ReadonlySet<number> = new Set([400, 401, 403, 404, 410]);
const MAY_PASS: ReadonlySet<number> = new Set([408, 425, 429]);

/**
 * Copies a finished file into the archive, in one stream, and looks at it there before anybody else can: it must be a
 * whole MP4 with a picture. Copying again under the same key is harmless.
 *
 * @throws CopyError, GuardedFetchError, ArchiveError: each with a stable `code`, and `retryable`. Nothing is stored then.
 * @throws the reason of the signal, when that ends it
 */
export async function copyResult(options: CopyResultOptions): Promise<CopiedResult> {
  const { sourceUrl, key, archive, expect } = options;
  const response = await guardedFetch(sourceUrl, options.fetch);
  try {
    assertAnswersTheFile(response.status);
    let facts: Mp4Facts | undefined;
    const { bytes } = await archive.put(key, response.body, {
      async verify(file) {
        assertComplete(response, file.bytes);
        facts = await readMp4(file.path);
      },
    });
    if (!facts) throw new TypeError("The archive stored a file without verifying it.");
    const differences = differencesFrom(expect, facts);
    return { ...facts, bytes, differences };
  } finally {
    response.body.destroy();
  }
}

function assertAnswersTheFile(status: number): void {
  if (status === 200) return;
  if (EXPIRED.has(status)) {
    throw new CopyError("SOURCE_EXPIRED", `The upstream's address no longer gives the file (HTTP ${status}).`);
  }
  if (status >= 500 || MAY_PASS.has(status)) {
    throw new CopyError("SOURCE_UNAVAILABLE", `The upstream's host could not give the file (HTTP ${status}).`);
  }
  throw new CopyError("SOURCE_REFUSED", `The upstream's host did not give the file (HTTP ${status}).`);
}

function assertComplete({ headers }: GuardedResponse, bytes: number): void {
  const declared = headers["content-length"];
  if (declared !== undefined && Number(declared) !== bytes) {
    throw new CopyError("BROKE_OFF", `The file has ${bytes} bytes where ${declared} were announced.`);
  }
}
