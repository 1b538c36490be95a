import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { buffer } from "node:stream/consumers";
import S3rver from "s3rver";
import type { FilesConfiguration } from "../src/files-configuration.ts";

/** An S3 server with an empty bucket, on a loopback port and in a directory of its own. Disposing of it ends both. */
export interface S3Server extends AsyncDisposable {
  origin: string;
  /** What a gateway is given to use the bucket. */
  files: FilesConfiguration;
  /** From now on connections are refused. */
  stop(): Promise<void>;
  /** The same again, at the same port and with what it had. */
  start(): Promise<void>;
}

/** Starts `s3rver`. It takes every signature of its one key: those are the engine's tests to look at. */
export async function startS3Server(): Promise<S3Server> {
  const directory = await mkdtemp(join(tmpdir(), "reelwire-s3-"));
  let port = 0;
  let running: S3rver | null = null;

  async function start(): Promise<void> {
    running = new S3rver({
      address: "127.0.0.1",
      port,
      directory,
      silent: true,
      configureBuckets: [{ name: "videos" }],
    });
    storeWhole(running);
    ({ port } = await running.run());
  }

  async function stop(): Promise<void> {
    const server = running;
    running = null;
    await server?.close();
  }

  await start();
  const origin = `http://127.0.0.1:${port}`;
  return {
    origin,
    files: {
      kind: "s3",
      endpoint: origin,
      publicEndpoint: `http://localhost:${port}`,
      region: "us-east-1",
      bucket: "videos",
      accessKeyId: "S3RVER",
      secretAccessKey: "a/secret+that+is+in+no+log",
      keyPrefix: "reelwire/",
    },
    stop,
    start,
    async [Symbol.asyncDispose]() {
      await stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** Has it answer once a file is written, as S3 does, and not before. */
function storeWhole({ store }: S3rver): void {
  store.putObject = async ({ bucket, key, content, metadata }) => {
    const bytes = await buffer(content);
    const path = store.getResourcePath(bucket, key, "object");
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, bytes);
    const md5 = createHash("md5").update(bytes).digest("hex");
    await store.putMetadata(bucket, key, metadata, md5);
    return { size: bytes.length, md5 };
  };
}
