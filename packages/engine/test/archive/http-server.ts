import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";

/** An HTTP server on a loopback port of its own. Disposing of it ends its connections too. */
export interface TestServer extends AsyncDisposable {
  /** `http://127.0.0.1:<port>`, without a slash at the end. */
  origin: string;
  host: string;
  port: number;
  /** Paths asked for, in order. */
  requests: string[];
  /** Resolves once no connection is open. */
  idle(): Promise<void>;
}

export async function startServer(answer: RequestListener): Promise<TestServer> {
  const requests: string[] = [];
  const sockets = new Set<AsyncDisposable & { closed: Promise<unknown> }>();
  const server = createServer((request, response) => {
    requests.push(request.url ?? "");
    answer(request, response);
  });
  server.on("connection", (socket) => {
    const closed = once(socket, "close").catch(() => {});
    const entry = {
      closed,
      async [Symbol.asyncDispose]() {
        socket.destroy();
        await closed;
      },
    };
    sockets.add(entry);
    void closed.then(() => sockets.delete(entry));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    host: `127.0.0.1:${port}`,
    port,
    requests,
    async idle() {
      await Promise.all([...sockets].map(({ closed }) => closed));
    },
    async [Symbol.asyncDispose]() {
      server.close();
      await Promise.all([...sockets].map((socket) => socket[Symbol.asyncDispose]()));
    },
  };
}
