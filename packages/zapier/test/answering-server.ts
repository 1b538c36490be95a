import { once } from "node:events";
import { createServer, type IncomingMessage, type OutgoingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";

/** What is answered to a request. */
export interface Answer {
  status?: number;
  headers?: OutgoingHttpHeaders;
  body?: string;
}

/** A server that answers everything in one way: what stands where a gateway should, or answers as one would. */
export interface AnsweringServer extends AsyncDisposable {
  url: string;
  /** What it was sent. */
  requests: readonly IncomingMessage[];
}

export async function startAnswering(
  answer: Answer | ((request: IncomingMessage) => Answer),
): Promise<AnsweringServer> {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    const { status = 200, headers, body } = typeof answer === "function" ? answer(request) : answer;
    response.writeHead(status, headers).end(body);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
