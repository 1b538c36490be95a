import { createHash, type Hash } from "node:crypto";
import { openAsBlob } from "node:fs";
import { S3mini, S3ServiceError } from "s3mini";
import type { Archive, ArchivedFile, ByteRange, OpenedFile, OpenOptions, PutOptions, StagedFile } from "./archive.ts";
import { ArchiveError } from "./archive-error.ts";
import { assertArchiveKey } from "./archive-key.ts";
import { onDisk } from "./disk-error.ts";
import { type BucketPlace, s3Code, s3Error } from "./s3-error.ts";
import { openStaging, type Staging } from "./staging.ts";

export interface S3ArchiveOptions {
  /** The store's http(s) address without the bucket, which is put into the path: `https://s3.eu-central-1.amazonaws.com`. */
  endpoint: string;
  /** The same store's address for those who follow a redirect. Default: `endpoint`. */
  publicEndpoint?: string;
  /** Default: `us-east-1`, which most stores without regions take. */
  region?: string;
  bucket: string;
  accessKeyId: string;
  /** Never sent, logged or told. */
  secretAccessKey: string;
  /** What the names of our files in the bucket begin with, such as `reelwire/`. Default: nothing. */
  keyPrefix?: string;
  /** Directory of local disk where files lie until they are verified and uploaded; made if missing. */
  stagingDirectory: string;
  /** When a file there counts as left over from a crash; see `openStaging`. */
  leftoverAgeMs?: number;
  /** For every request but uploads, in milliseconds. Default: 10 s. */
  requestTimeoutMs?: number;
  /** For one upload, in milliseconds. Default: 10 min, in which 20 MB pass through 0.3 Mbit/s. */
  uploadTimeoutMs?: number;
}

/** How long an address that `open` redirects to is good: longer than anybody watches, shorter than links are kept. */
const PRESIGNED_SECONDS = 3_600;

/** Of what is archived, unless it is said to be something else. */
const CONTENT_TYPE = "video/mp4";

/**
 * Opens an archive in a bucket of an S3-compatible store, and sees that the bucket can be used. Reading is by redirect
 * to a presigned address.
 *
 * @throws ArchiveError with a message that says what to do
 * @throws TypeError if an endpoint is not an address
 */
export async function openS3Archive(options: S3ArchiveOptions): Promise<Archive> {
  const staging = await openStaging(options.stagingDirectory, options.leftoverAgeMs);
  const archive = new S3Archive(options, staging);
  await archive.assertUsable();
  return archive;
}

class S3Archive implements Archive {
  readonly #store: S3mini;
  readonly #uploads: S3mini;
  readonly #public: S3mini;
  readonly #staging: Staging;
  readonly #keyPrefix: string;
  readonly #place: BucketPlace;

  constructor(options: S3ArchiveOptions, staging: Staging) {
    const { endpoint, publicEndpoint = endpoint, requestTimeoutMs = 10_000, uploadTimeoutMs = 600_000 } = options;
    this.#store = client(options, endpoint, requestTimeoutMs);
    this.#uploads = client(options, endpoint, uploadTimeoutMs);
    this.#public = client(options, publicEndpoint, requestTimeoutMs);
    this.#staging = staging;
    this.#keyPrefix = options.keyPrefix ?? "";
    this.#place = { bucket: options.bucket, host: new URL(endpoint).host };
  }

  /** Asks for a file that nobody has put, as `stat` does: that takes the same rights as everything but writing. */
  async assertUsable(): Promise<void> {
    if ((await this.stat("nobody-has-put-this.mp4")) !== null) throw this.#notAStore();
  }

  async put(key: string, source: AsyncIterable<Uint8Array>, options: PutOptions = {}): Promise<{ bytes: number }> {
    const { verify, contentType = CONTENT_TYPE } = options;
    const name = this.#name(key);
    const md5 = createHash("md5");
    return await this.#staging.stage(key, hashed(source, md5), async (file) => {
      await verify?.(file);
      await this.#upload(name, file, contentType, md5.digest("base64"));
      return { bytes: file.bytes };
    });
  }

  async stat(key: string): Promise<ArchivedFile | null> {
    const name = this.#name(key);
    const headers = await this.#ask(() => this.#look(name));
    if (headers === null) return null;
    const size = Number(headers.get("content-range")?.split("/")[1] ?? headers.get("content-length") ?? Number.NaN);
    const modifiedAt = new Date(headers.get("last-modified") ?? Number.NaN);
    if (!Number.isSafeInteger(size) || Number.isNaN(modifiedAt.getTime())) throw this.#notAStore();
    return { size, modifiedAt };
  }

  async open(key: string, _range?: ByteRange, options: OpenOptions = {}): Promise<OpenedFile | null> {
    const { download = false, contentType = CONTENT_TYPE } = options;
    if ((await this.stat(key)) === null) return null;
    const url = await this.#public.getPresignedUrl("GET", this.#name(key), PRESIGNED_SECONDS, {
      // Also for files that somebody copied there by other means.
      "response-content-type": contentType,
      ...(download ? { "response-content-disposition": `attachment; filename="${key}"` } : {}),
    });
    return { kind: "redirect", url };
  }

  async read(key: string): Promise<Uint8Array | null> {
    const name = this.#name(key);
    return await this.#ask(async () => {
      try {
        return new Uint8Array(await (await this.#store.getObjectRaw(name)).arrayBuffer());
      } catch (error) {
        if (error instanceof S3ServiceError && s3Code(error) === "NoSuchKey") return null;
        throw error;
      }
    });
  }

  async delete(key: string): Promise<boolean> {
    // S3 does not tell whether there was anything to delete.
    if ((await this.stat(key)) === null) return false;
    await this.#ask(() => this.#store.deleteObject(this.#name(key)));
    return true;
  }

  /** In one PUT, which a store takes whole or not at all; it compares the MD5 with what has arrived. */
  async #upload(name: string, file: StagedFile, contentType: string, md5: string): Promise<void> {
    // Read from disk as it is sent. `fetch` keeps what it has sent, for a redirect: a file is in memory once at most.
    const body = await onDisk(() => openAsBlob(file.path));
    const headers = { "content-md5": md5 };
    await this.#ask(() => this.#uploads.putObject(name, body, contentType, undefined, headers, file.bytes));
  }

  /**
   * The headers that a file comes with; `null`: there is none. Asks for its first byte rather than by HEAD: an error then has a
   * body, which tells a missing file from a missing bucket.
   */
  async #look(name: string): Promise<Headers | null> {
    try {
      const answer = await this.#store.getObjectRaw(name, false, 0, 1);
      // Read, so that the connection is kept; but not a whole file, from a store that does not know ranges.
      await (answer.status === 206 ? answer.arrayBuffer() : answer.body?.cancel());
      return answer.headers;
    } catch (error) {
      if (!(error instanceof S3ServiceError)) throw error;
      if (s3Code(error) === "NoSuchKey") return null;
      // An empty file has no first byte.
      if (error.status === 416) return (await this.#store.getObjectRaw(name)).headers;
      throw error;
    }
  }

  async #ask<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw s3Error(error, this.#place);
    }
  }

  #notAStore(): ArchiveError {
    const { bucket, host } = this.#place;
    const message = `What answers at ${host} for the bucket "${bucket}" is not an S3 store: correct its endpoint.`;
    return new ArchiveError("ARCHIVE_NOT_WRITABLE", message);
  }

  #name(key: string): string {
    assertArchiveKey(key);
    return this.#keyPrefix + key;
  }
}

function client(options: S3ArchiveOptions, endpoint: string, requestAbortTimeout: number): S3mini {
  const { accessKeyId, secretAccessKey, bucket, region = "us-east-1" } = options;
  return new S3mini({
    accessKeyId,
    secretAccessKey,
    endpoint: `${new URL(endpoint).href.replace(/\/+$/, "")}/${bucket}`,
    region,
    requestAbortTimeout,
  });
}

/** The same bytes, which also go through the hash. */
async function* hashed(source: AsyncIterable<Uint8Array>, hash: Hash): AsyncGenerator<Uint8Array> {
  for await (const chunk of source) {
    hash.update(chunk);
    yield chunk;
  }
}
