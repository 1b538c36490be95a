/** What the tests use of s3rver, which has no types of its own. */
declare module "s3rver" {
  import type { IncomingMessage, RequestListener } from "node:http";
  import type { Readable } from "node:stream";

  interface StoredObject {
    bucket: string;
    key: string;
    content: Readable | null;
    metadata: Record<string, string>;
    size: number;
    range?: { start: number; end: number };
  }

  interface Store {
    getResourcePath(bucket: string, key: string, resource: "object"): string;
    putMetadata(bucket: string, key: string, metadata: Record<string, string>, md5: string): Promise<void>;
    getObject(bucket: string, key: string, options: { start?: number; end?: number }): Promise<StoredObject | null>;
    putObject(object: StoredObject & { content: IncomingMessage }): Promise<{ size: number; md5: string }>;
  }

  class S3rver {
    constructor(options: { directory: string; silent: boolean; configureBuckets: { name: string }[] });
    readonly store: Store;
    readonly logger: { close(): void; exceptions: { unhandle(): void } };
    configureBuckets(): Promise<unknown>;
    callback(): RequestListener;
  }

  export = S3rver;
}

declare module "s3rver/lib/models/error.js" {
  class S3Error extends Error {
    constructor(code: string, message: string);
  }

  export = S3Error;
}
