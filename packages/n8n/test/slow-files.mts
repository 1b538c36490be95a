import { EventEmitter, once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/** A way to the gateway on which files arrive when they are let through. */
export interface SlowFiles extends AsyncDisposable {
  url: string;
  /** Resolves when a file is being fetched. */
  asked(): Promise<void>;
  /** Lets files through from now on; or lets fetching them fail. */
  release(how: "whole" | "broken"): void;
  /** How often a file was fetched, without the looks at its first byte. */
  fetched(): number;
}

export async function startSlowFiles(gatewayUrl: string): Promise<SlowFiles> {
  const events = new EventEmitter();
  const { promise, resolve } = Promise.withResolvers<"whole" | "broken">();
  let fetched = 0;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "GET", headers } = request;
    const to = `${gatewayUrl}${request.url}`;
    if (method === "POST") {
      const { authorization = "" } = headers;
      const sent = {
        method,
        headers: { "content-type": "application/json", authorization },
        body: await text(request),
      };
      const answered = await (await fetch(to, sent)).text();
      response.end(answered.replaceAll(`${gatewayUrl}/files/`, `${url}/files/`));
      return;
    }
    if (headers.range !== undefined) {
      const { status, body } = await fetch(to, { headers: { range: headers.range } });
      await body?.cancel();
      response.writeHead(status).end();
      return;
    }
    fetched += 1;
    events.emit("asked");
    if ((await promise) === "broken") response.destroy();
    else response.end(Buffer.from(await (await fetch(to)).arrayBuffer()));
  }

  const server = createServer((request, response) => void answer(request, response)).listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    async asked() {
      if (fetched === 0) await once(events, "asked");
    },
    release: resolve,
    fetched: () => fetched,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
