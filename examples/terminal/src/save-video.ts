import { createWriteStream } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Video } from "@reelwire/core/client";

/**
 * Downloads a completed video.
 *
 * @param out where to; `null` for `videos/<id>.mp4`
 * @returns the path of the file, which is there only when it is whole
 */
export async function saveVideo({ id, url }: Video, out: string | null, signal: AbortSignal): Promise<string> {
  const path = resolve(out ?? `videos/${id}.mp4`);
  const response = await fetch(url ?? "", { signal });
  if (!response.ok || response.body === null) throw new Error(`The file could not be downloaded: ${response.status}.`);
  await mkdir(dirname(path), { recursive: true });
  const part = `${path}.part`;
  try {
    await pipeline(Readable.fromWeb(response.body), createWriteStream(part), { signal });
    await rename(part, path);
  } finally {
    await rm(part, { force: true });
  }
  return path;
}
