import { readFile } from "node:fs/promises";
import { ApiError, MAX_IMAGE_BYTES, newUploadId } from "@reelwire/core";
import type { Archive } from "../archive/archive.ts";
import { ArchiveError } from "../archive/archive-error.ts";
import { onDisk } from "../archive/disk-error.ts";
import type { EngineDatabase } from "../database/database.ts";
import type { EngineSchema } from "../database/schema.ts";
import { throughOutage } from "../database-outage.ts";
import type { Viewer } from "../viewer.ts";
import { checkImage, type ImageSize } from "./check-image.ts";
import { type ImageType, imageTypeOf, TELLING_BYTES } from "./image-type.ts";
import { deleteUnused, insertUpload, uploadKey } from "./upload-rows.ts";

/** An image that was taken. */
export interface ReceivedUpload extends ImageSize {
  id: string;
  contentType: ImageType["contentType"];
  bytes: number;
  expiresAt: Date;
}

/** What receiving needs. */
export interface ReceiveUploadContext {
  db: EngineDatabase<EngineSchema>;
  archive: Archive;
  /** How long an upload that is not used is kept, in milliseconds. */
  keptMs: number;
  /** Aborts when the engine closes. */
  closing: AbortSignal;
}

/**
 * Takes an image as it arrives, checks it, and stores it. Its row is saved before its file can be seen, so that whatever a crash leaves
 * of the two has a row that expires.
 *
 * @throws {ApiError} `IMAGE_INVALID` or `IMAGE_TOO_LARGE`, as soon as that is known; `TOO_MANY_UPLOADS`; `FILE_UNAVAILABLE` when it
 *   could not be stored; `UNAVAILABLE`
 * @throws what the source threw, as it is
 */
export async function receiveUpload(
  context: ReceiveUploadContext,
  viewer: Viewer,
  source: AsyncIterable<Uint8Array>,
): Promise<ReceivedUpload> {
  const { db, archive, keptMs, closing } = context;
  const arriving = bounded(source);
  try {
    const begin = await readBegin(arriving);
    const type = imageTypeOf(begin);
    if (type === null) throw noImage(begin);
    const id = newUploadId();
    const key = uploadKey({ id, content_type: type.contentType });
    const { contentType } = type;
    let received: ReceivedUpload | undefined;
    try {
      await archive.put(key, joined(begin, arriving), {
        contentType,
        async verify({ path, bytes }) {
          const size = await checkImage(await onDisk(() => readFile(path)), type);
          const upload = { id, content_type: contentType, ...size, bytes, keptMs };
          const expiresAt = await throughOutage(() => insertUpload(db, viewer, upload), closing);
          received = { id, contentType, ...size, bytes, expiresAt };
        },
      });
    } catch (error) {
      if (received !== undefined) await discard(context, id, key);
      throw error instanceof ArchiveError ? unstorable(error) : error;
    }
    if (received === undefined) throw new TypeError("The archive stored an image without verifying it.");
    return received;
  } finally {
    await arriving.return(undefined);
  }
}

/** Deletes what was stored of an upload that failed in the end. What cannot be deleted expires. */
async function discard({ db, archive }: ReceiveUploadContext, id: string, key: string): Promise<void> {
  await archive
    .delete(key)
    .then(() => deleteUnused(db.kysely, id))
    .catch(() => {});
}

async function* bounded(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, undefined, undefined> {
  let bytes = 0;
  for await (const chunk of source) {
    bytes += chunk.byteLength;
    if (bytes > MAX_IMAGE_BYTES) throw tooLarge();
    yield chunk;
  }
}

/** What an image of more bytes than are taken is refused with. */
export function tooLarge(): ApiError {
  return new ApiError(
    "IMAGE_TOO_LARGE",
    `The image has more than ${MAX_IMAGE_BYTES / 1024 / 1024} MiB. Make it smaller.`,
  );
}

async function readBegin(arriving: AsyncIterator<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for (let bytes = 0; bytes < TELLING_BYTES; ) {
    const { done, value } = await arriving.next();
    if (done) break;
    chunks.push(value);
    bytes += value.byteLength;
  }
  return Buffer.concat(chunks);
}

async function* joined(begin: Uint8Array, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield begin;
  yield* rest;
}

function noImage(begin: Buffer): ApiError {
  const message =
    begin.length === 0
      ? "Nothing was sent: the body of the request must be the image."
      : "This is no PNG, JPEG or WebP image. The body of the request must be the image itself, in one of these formats.";
  return new ApiError("IMAGE_INVALID", message);
}

function unstorable(error: ArchiveError): ApiError {
  const message = "The image could not be stored. Try again later.";
  return new ApiError("FILE_UNAVAILABLE", message, [], { cause: error });
}
