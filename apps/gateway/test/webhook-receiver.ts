import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";

/** A POST as it arrived. */
export interface Received {
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
  /** The `webhook-id`. */
  id: string;
}

/** Somebody's server that webhooks are sent to, on a real socket. Closed when disposed of. */
export interface WebhookReceiver extends AsyncDisposable {
  /** Without a slash at its end. */
  url: string;
  /** All that came. */
  received: readonly Received[];
  /** How each is answered from now on. Default: 204. */
  answer: (response: ServerResponse, received: Received) => void;
  /** The nth that came to a path, counted from 1, once it has come. */
  nth(path: string, n?: number): Promise<Received>;
}

export async function startWebhookReceiver(): Promise<WebhookReceiver> {
  const received: Received[] = [];
  const waiting = new Set<() => void>();
  const server = createServer(async (request, response) => {
    const { url: path = "", headers } = request;
    const one = { path, headers, body: await text(request), id: String(headers["webhook-id"]) };
    received.push(one);
    receiver.answer(response, one);
    for (const look of waiting) look();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("It listens on no port.");
  const receiver: WebhookReceiver = {
    url: `http://127.0.0.1:${address.port}`,
    received,
    answer: answering(204),
    nth(path, n = 1) {
      const { promise, resolve } = Promise.withResolvers<Received>();
      const look = () => {
        const found = received.filter((one) => one.path === path)[n - 1];
        if (found === undefined) return;
        waiting.delete(look);
        resolve(found);
      };
      waiting.add(look);
      look();
      return promise;
    },
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
  return receiver;
}

/** Answers everything with this status. */
export function answering(status: number, body = ""): WebhookReceiver["answer"] {
  return (response) => response.writeHead(status).end(body);
}
