import { createWriteStream } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout } from "node:timers/promises";
import type { Video } from "@reelwire/core/client";
import { brokenOff, type FileNotServed, fileNotServed, isRetryable } from "./file-not-served.ts";

/** How a file is saved. */
export interface SaveOptions {
  /** Where to; `null` for `videos/<id>.mp4`. */
  out: string | null;
  signal: AbortSignal;
  /** Called before each wait for another try. */
  onRetry(error: FileNotServed & { retryAfterMs: number }): void;
  /** No try is begun after so long, in milliseconds. Default: three minutes. */
  patienceMs?: number;
}

/**
 * Downloads a completed video. A gateway that has no file yet, since its own copy is still to succeed, is asked again.
 *
 * @returns the path of the file, which is there only when it is whole
 * @throws {FileNotServed} when the gateway did not give it
 */
export async function saveVideo(
  { id, url }: Pick<Video, "id" | "url">,
  { out, signal, onRetry, patienceMs = 180_000 }: SaveOptions,
): Promise<string> {
  const path = resolve(out ?? `videos/${id}.mp4`);
  await mkdir(dirname(path), { recursive: true });
  const giveUpAt = performance.now() + patienceMs;
  for (;;) {
    try {
      await download(url ?? "", path, signal);
      return path;
    } catch (error) {
      if (!isRetryable(error) || performance.now() + error.retryAfterMs > giveUpAt) throw error;
      onRetry(error);
      await setTimeout(error.retryAfterMs, undefined, { signal });
    }
  }
}

async function download(url: string, path: string, signal: AbortSignal): Promise<void> {
  const response = await fetch(url, { signal }).catch((cause: unknown) => {
    signal.throwIfAborted();
    throw brokenOff(cause);
  });
  if (!response.ok || response.body === null) throw await fileNotServed(response);
  const part = `${path}.part`;
  try {
    await pipeline(Readable.fromWeb(response.body), createWriteStream(part), { signal });
    await rename(part, path);
  } catch (error) {
    signal.throwIfAborted();
    // What fetch throws when a connection breaks; what the disk throws is none of these.
    throw error instanceof TypeError ? brokenOff(error) : error;
  } finally {
    await rm(part, { force: true });
  }
}
