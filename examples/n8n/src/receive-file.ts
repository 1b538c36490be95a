import { once } from "node:events";
import { createServer } from "node:http";
import { buffer } from "node:stream/consumers";

/** Somebody who is sent one file. */
export interface Receiver extends AsyncDisposable {
  url: string;
  file: Promise<{ bytes: Buffer; contentType: string }>;
}

/** Stands for wherever a workflow hands its videos on to: it takes one `PUT`. */
export async function receiveFile(): Promise<Receiver> {
  const { promise: file, resolve, reject } = Promise.withResolvers<{ bytes: Buffer; contentType: string }>();
  const server = createServer((request, response) => {
    buffer(request).then((bytes) => {
      response.writeHead(200, { "content-type": "application/json" }).end('{ "ok": true }');
      resolve({ bytes, contentType: request.headers["content-type"] ?? "" });
    }, reject);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = address !== null && typeof address !== "string" ? address.port : 0;
  const close = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  };
  return { url: `http://127.0.0.1:${port}/boat.mp4`, file, [Symbol.asyncDispose]: close };
}
