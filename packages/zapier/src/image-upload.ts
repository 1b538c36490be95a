import { MAX_IMAGE_BYTES } from "@reelwire/core";
import { readAnswered, type UploadedImage } from "@reelwire/core/operations";
import type { ZObject } from "zapier-platform-core";
import { type Connected, send } from "./ask-gateway.ts";
import { asZapierError } from "./refusal.ts";

/** An image as a step was given it: its bytes, or an address that the gateway takes as it is. */
export type GivenImage = { bytes: Buffer } | { url: string };

const TIMEOUT_MS = 15_000;

/**
 * What an input of the kind `file` has: Zapier gives files by addresses that are good for a while, and that may need Zapier's word; the upstream
 * would be too late, or refused. So the bytes are fetched here, and held by the gateway.
 */
export async function fetchImage(z: ZObject, label: string, url: string): Promise<GivenImage> {
  if (/^data:/i.test(url)) return { url };
  try {
    const response = await z.request({
      url,
      raw: true,
      size: MAX_IMAGE_BYTES,
      timeout: TIMEOUT_MS,
      skipThrowForStatus: true,
    });
    if (response.status !== 200) throw new Error(`it answers ${response.status}`);
    return { bytes: await response.buffer() };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new z.errors.HaltedError(`${label}: the image could not be fetched: ${reason}.`);
  }
}

/** Gives an image to the gateway. @returns its address there */
export async function uploadImage(z: ZObject, bundle: Connected, image: GivenImage): Promise<string> {
  if ("url" in image) return image.url;
  try {
    const sent = { path: "uploads", contentType: "application/octet-stream", body: image.bytes };
    const { status, content } = await send(z, bundle, sent);
    const answered = { status, body: content, at: "there" };
    return readAnswered(answered, ({ url }: Partial<UploadedImage>) => url);
  } catch (error) {
    throw asZapierError(z, error);
  }
}
