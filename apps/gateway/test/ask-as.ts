import { type IncomingHttpHeaders, request } from "node:http";
import { WebSocket } from "ws";

/** What a request was answered with. */
export interface Told {
  status: number;
  /** Of the first error. */
  code: string | null;
  headers: IncomingHttpHeaders;
  body: string;
}

/** A request with whatever headers. Not `fetch`: that would not let us say who we pretend to be. */
export async function askAs(
  port: number,
  method: string,
  path: string,
  headers: Record<string, string>,
  body?: string,
): Promise<Told> {
  const { promise, resolve, reject } = Promise.withResolvers<Told>();
  const asked = request({ host: "127.0.0.1", port, path, method, headers, agent: false }, async (response) => {
    const chunks = await response.toArray();
    const text = Buffer.concat(chunks).toString();
    const code = /"code":"([A-Z_]+)"/.exec(text)?.[1] ?? null;
    resolve({ status: response.statusCode ?? 0, code, headers: response.headers, body: text });
  });
  asked.on("error", reject).end(body);
  return promise;
}

/** How a websocket upgrade ends: 101, or the status that refused it. */
export async function upgradeAs(port: number, headers: Record<string, string>): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  const socket = new WebSocket(`ws://127.0.0.1:${port}/graphql`, "graphql-transport-ws", { headers });
  socket.on("open", () => resolve(101));
  socket.on("unexpected-response", (_request, response) => resolve(response.statusCode ?? 0));
  socket.on("error", () => {});
  const status = await promise;
  socket.terminate();
  return status;
}
