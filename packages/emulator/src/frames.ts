import { Transformer } from "@napi-rs/image";
import { fetch } from "undici";
import type { CreateBody } from "./create-body.ts";
import type { GenerationFailure } from "./generation.ts";

/** The images of a request, as files; or why there are none. */
export type Frames =
  | { readonly first: Uint8Array | null; readonly last: Uint8Array | null }
  | { readonly failure: GenerationFailure };

/** Of a request that names no image. */
export const noFrames: Frames = { first: null, last: null };
/** As long as a caller could reasonably take to serve an image. */
const timeoutMs = 10_000;
const mostBytes = 32 * 1024 * 1024;

/** Gets the first and last frame a request names, as the upstream would: from anywhere, without a key. */
export class FrameFetcher {
  readonly #closing = new AbortController();

  /** At once where no frame was asked for; otherwise a promise, which never rejects. */
  fetch(body: CreateBody): Frames | Promise<Frames> {
    const { image_url, last_image_url } = body;
    if (image_url === undefined && last_image_url === undefined) return noFrames;
    return this.#both(image_url, last_image_url);
  }

  close(): void {
    this.#closing.abort();
  }

  async #both(firstUrl: string | undefined, lastUrl: string | undefined): Promise<Frames> {
    try {
      const [first, last] = await Promise.all([this.#one("image_url", firstUrl), this.#one("last_image_url", lastUrl)]);
      return { first, last };
    } catch (error) {
      return { failure: { name: "invalid_image", message: error instanceof Error ? error.message : String(error) } };
    }
  }

  async #one(field: string, url: string | undefined): Promise<Uint8Array | null> {
    if (url === undefined) return null;
    const file = await this.#read(url).catch((cause: unknown) => {
      throw new Error(`${field} could not be fetched: ${cause instanceof Error ? cause.message : cause}`, { cause });
    });
    try {
      await new Transformer(file).rawPixels();
    } catch (cause) {
      throw new Error(`${field} is not an image that can be decoded`, { cause });
    }
    return file;
  }

  async #read(url: string): Promise<Uint8Array> {
    const data = readDataUri(url);
    if (data) return data;
    const signal = AbortSignal.any([this.#closing.signal, AbortSignal.timeout(timeoutMs)]);
    const answer = await fetch(url, { signal });
    if (!answer.ok || !answer.body) {
      await answer.body?.cancel();
      throw new Error(`the server answered ${answer.status}`);
    }
    const parts: Uint8Array[] = [];
    let size = 0;
    for await (const part of answer.body) {
      size += part.length;
      if (size > mostBytes) throw new Error(`it is larger than ${mostBytes} bytes`);
      parts.push(part);
    }
    return Buffer.concat(parts);
  }
}

/** The bytes that a base64 data: URI itself has; null for other addresses. */
export function readDataUri(url: string): Uint8Array | null {
  return /^data:/i.test(url) ? Buffer.from(url.slice(url.indexOf(",") + 1), "base64") : null;
}
