import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

type Parameter = "cursor" | "end" | "from" | "generation_id" | "id" | "include" | "limit" | "offset" | "start";

/** What the server was sent. */
export interface SeenRequest {
  method: string;
  /** Path and query. */
  path: string;
  query: Partial<Record<Parameter, string>>;
  headers: IncomingHttpHeaders;
  body: string;
}

export type Reply = (response: ServerResponse, request: SeenRequest) => void;

export interface ScriptedServer extends AsyncDisposable {
  url: string;
  seen: SeenRequest[];
  /** Resolves when the server has got the next request whole. */
  nextRequest(): Promise<SeenRequest>;
}

/** A real server on a free port of loopback that gives these replies in turn, the last one for ever. */
export async function scriptedServer(...replies: [Reply, ...Reply[]]): Promise<ScriptedServer> {
  const seen: SeenRequest[] = [];
  let waiting: ((request: SeenRequest) => void)[] = [];
  const server = createServer(async (incoming, response) => {
    const { method = "", url = "/", headers } = incoming;
    const query = Object.fromEntries(new URL(url, "http://any").searchParams);
    const request = { method, path: url, query, headers, body: await text(incoming) };
    const reply = replies[Math.min(seen.length, replies.length - 1)];
    seen.push(request);
    for (const resolve of waiting) resolve(request);
    waiting = [];
    reply?.(response, request);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    nextRequest: () => new Promise((resolve) => waiting.push(resolve)),
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** The address of a port where nobody listens. */
export async function refusedUrl(): Promise<string> {
  await using server = await scriptedServer(silent);
  return server.url;
}

export const answer =
  (status: number, body: unknown, headers: Record<string, string> = {}): Reply =>
  (response) => {
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(typeof body === "string" ? body : JSON.stringify(body));
  };

/** Never answers. */
export const silent: Reply = () => {};

export const cutBeforeHeaders: Reply = (response) => {
  response.socket?.destroy();
};

/** Sends the headers and the beginning of a body, and cuts. */
export const cutInBody =
  (status: number, headers: Record<string, string> = {}): Reply =>
  (response) => {
    response.writeHead(status, { "content-length": "1000", ...headers });
    response.write('{"id":', () => response.socket?.destroy());
  };

/** Sends the headers and the beginning of a body, and nothing more. */
export const stuckInBody =
  (status: number, headers: Record<string, string> = {}): Reply =>
  (response) => {
    response.writeHead(status, { "content-length": "1000", ...headers });
    response.write('{"id":');
  };
