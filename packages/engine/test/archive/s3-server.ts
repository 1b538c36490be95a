import { createHash, randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, rename, writeFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { dirname, join } from "node:path";
import { buffer } from "node:stream/consumers";
import S3rver from "s3rver";
import S3Error from "s3rver/lib/models/error.js";
import type { S3ArchiveOptions } from "../../src/archive/s3.ts";
import { startServer } from "./http-server.ts";
import { isSigned } from "./signature-v4.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

/** An S3 server with an empty bucket, on a loopback port and in a directory of its own. Disposing of it ends both. */
export interface S3Server extends AsyncDisposable {
  /** What an archive in the bucket is opened with. */
  options: S3ArchiveOptions;
  port: number;
  /** Every request so far: method, path, headers. */
  requests: { method: string; path: string; headers: IncomingMessage["headers"] }[];
  /** Answers requests instead of the server, where it is set; `serve` has the server do it after all. */
  answer: ((request: IncomingMessage, response: ServerResponse, serve: () => void) => void) | null;
  /** From now on connections are refused. */
  stop(): Promise<void>;
}

/** The only one that s3rver knows. */
const ACCESS_KEY_ID = "S3RVER";
const SECRET = "a/secret+that+only/the+server+knows0";

/**
 * Starts `s3rver`, mended where it differs from S3: it does not look at signatures of version 4, and of every request
 * without the right one says so here; and see `mend`.
 */
export async function startS3Server(): Promise<S3Server> {
  const ended = new AsyncDisposableStack();
  const directory = ended.use(await temporaryDirectory());
  const s3rver = new S3rver({
    directory: join(directory.path, "store"),
    silent: true,
    configureBuckets: [{ name: "videos" }],
  });
  ended.defer(() => {
    s3rver.logger.exceptions.unhandle();
    s3rver.logger.close();
  });
  mend(s3rver);
  await s3rver.configureBuckets();
  const handle = s3rver.callback();
  const server = await startServer((request, response) => {
    const { method = "", url = "", headers } = request;
    started.requests.push({ method, path: url.split("?", 1)[0] ?? "", headers: { ...headers } });
    const serve = () => {
      if (isSigned(request, SECRET)) handle(request, response);
      else refuse(response, 403, "SignatureDoesNotMatch");
    };
    if (started.answer) started.answer(request, response, serve);
    else serve();
  });
  ended.use(server);
  const started: S3Server = {
    options: {
      endpoint: server.origin,
      bucket: "videos",
      accessKeyId: ACCESS_KEY_ID,
      secretAccessKey: SECRET,
      stagingDirectory: join(directory.path, "staging"),
    },
    port: server.port,
    requests: [],
    answer: null,
    async stop() {
      await server[Symbol.asyncDispose]();
    },
    [Symbol.asyncDispose]: () => ended.disposeAsync(),
  };
  return started;
}

/** Answers with an error as S3 has them. */
export function refuse(response: ServerResponse, status: number, code: string): void {
  response.writeHead(status, { "content-type": "application/xml", connection: "close" });
  response.end(`<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>No.</Message></Error>`);
}

/**
 * Has s3rver's store do as S3 does. Its own writes in place, keeps what was cut off, answers before the file is written,
 * ignores `Content-MD5`, and takes `bytes=0-0` for `bytes=0-`.
 */
function mend({ store }: S3rver): void {
  const getObject = store.getObject.bind(store);
  store.getObject = async (bucket, key, options) => {
    const object = await getObject(bucket, key, options);
    if (!object?.content || options.end !== 0) return object;
    object.content.destroy();
    // Without content it answers 416.
    if (object.size === 0) return Object.assign(object, { content: null });
    const content = createReadStream(store.getResourcePath(bucket, key, "object"), { start: 0, end: 0 });
    return Object.assign(object, { content, range: { start: 0, end: 0 } });
  };
  store.putObject = async ({ bucket, key, content, metadata }) => {
    const declared = content.headers["content-md5"];
    const bytes = await buffer(content);
    const md5 = createHash("md5").update(bytes);
    const digest = md5.copy().digest("base64");
    if (declared !== undefined && declared !== digest) throw new S3Error("BadDigest", "Not what was announced.");
    const path = store.getResourcePath(bucket, key, "object");
    const unfinished = `${path}.${randomUUID()}`;
    await mkdir(dirname(path), { recursive: true });
    await writeFile(unfinished, bytes);
    await rename(unfinished, path);
    const hex = md5.digest("hex");
    await store.putMetadata(bucket, key, metadata, hex);
    return { size: bytes.length, md5: hex };
  };
}
