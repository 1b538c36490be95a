/** What the tests use of s3rver, which has no types of its own. */
declare module "s3rver" {
  import type { IncomingMessage } from "node:http";

  interface Store {
    getResourcePath(bucket: string, key: string, resource: "object"): string;
    putMetadata(bucket: string, key: string, metadata: Record<string, string>, md5: string): Promise<void>;
    putObject(object: {
      bucket: string;
      key: string;
      content: IncomingMessage;
      metadata: Record<string, string>;
    }): Promise<{ size: number; md5: string }>;
  }

  class S3rver {
    constructor(options: {
      address: string;
      port: number;
      directory: string;
      silent: boolean;
      configureBuckets: { name: string }[];
    });
    readonly store: Store;
    run(): Promise<{ port: number }>;
    close(): Promise<void>;
  }
  export = S3rver;
}
