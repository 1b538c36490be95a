import { findVideoDocument } from "@reelwire/core/operations";
import type { Bundle, ZObject } from "zapier-platform-core";
import { ask } from "./ask-gateway.ts";

/** Zapier takes 150 MB at most, and gives up on less: https://docs.zapier.com/platform/build/hydration-limits. */
const MAX_FILE_BYTES = 120_000_000;

/** The file of the completed video with this `id`, put where Zapier keeps files. Its address is asked for anew. */
async function videoFile(z: ZObject, bundle: Bundle<{ id?: unknown }>): Promise<string> {
  const id = String(bundle.inputData.id);
  const { video } = await ask(z, bundle, findVideoDocument, { id });
  if (video?.url == null)
    throw new z.errors.HaltedError(`The video ${id} has no file: ${video?.status ?? "NOT_FOUND"}.`);
  const response = await z.request({ url: video.url, raw: true, skipThrowForStatus: true });
  if (response.status !== 200) {
    throw new z.errors.Error(`The file of ${id} cannot be had right now: ${response.status}.`, "FILE_UNAVAILABLE");
  }
  const bytes = Number(response.getHeader("content-length"));
  if (bytes > MAX_FILE_BYTES) {
    const megabytes = Math.round(bytes / 1_000_000);
    throw new z.errors.HaltedError(`The file has ${megabytes} MB, more than Zapier takes. It is at ${video.url}`);
  }
  return await z.stashFile(response.body, bytes || undefined, `${id}.mp4`, "video/mp4");
}

/** Zapier finds a function by its place in the app, and does not look into modules: this has to be a plain object. */
export const hydrators = { videoFile };
