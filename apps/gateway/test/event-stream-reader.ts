import { once } from "node:events";
import { connect, type Socket } from "node:net";
import type { StubServer } from "./stub-engine.ts";

/** One event, as it was sent. A comment's is `:`. */
export interface Told {
  event: string;
  data: ReturnType<typeof JSON.parse>;
}

/** An event stream read by hand. */
export interface ReadStream {
  response: Response;
  /** The next that is told, comments too; `ended` and `cut` are how it is over: as HTTP should, or not. */
  next(): Promise<Told | "ended" | "cut">;
  /** All that is told from now on, but for comments, and how it is over. */
  rest(): Promise<(Told | "ended" | "cut")[]>;
  leave(): void;
}

export interface StreamInit {
  url: string;
  query: string;
  variables?: object;
  credential?: string;
  method?: "GET" | "POST";
  headers?: Record<string, string>;
}

/** Asks for a stream, and reads what is answered. */
export async function openStream(init: StreamInit): Promise<ReadStream> {
  const left = new AbortController();
  const response = await fetch(...requestFor(init, left.signal));
  const events = read(response);
  const next: ReadStream["next"] = async () => {
    try {
      const { done, value } = await events.next();
      return done === true ? "ended" : value;
    } catch {
      return "cut";
    }
  };
  return {
    response,
    next,
    async rest() {
      const told: (Told | "ended" | "cut")[] = [];
      for (;;) {
        const one = await next();
        if (typeof one === "string") return [...told, one];
        if (one.event !== ":") told.push(one);
      }
    },
    leave: () => left.abort(),
  };
}

function requestFor(
  { url, query, variables = {}, credential, method = "POST", headers }: StreamInit,
  signal: AbortSignal,
): [string, RequestInit] {
  const all = {
    accept: "text/event-stream",
    ...(credential === undefined ? {} : { authorization: `Bearer ${credential}` }),
    ...headers,
  };
  if (method === "GET") {
    const search = new URLSearchParams({ query, variables: JSON.stringify(variables) });
    return [`${url}/graphql/stream?${search}`, { headers: all, signal }];
  }
  const body = JSON.stringify({ query, variables });
  return [`${url}/graphql/stream`, { method, body, headers: { "content-type": "application/json", ...all }, signal }];
}

async function* read(response: Response): AsyncGenerator<Told, void, undefined> {
  let text = "";
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    const parts = (text + chunk).split("\n\n");
    text = parts.pop() ?? "";
    for (const part of parts) yield toldBy(part);
  }
}

function toldBy(part: string): Told {
  if (part.startsWith(":")) return { event: ":", data: null };
  const [, event = "", data = ""] = /^event: (\w+)\ndata:(?: (.+))?$/.exec(part) ?? [];
  return { event, data: data === "" ? null : JSON.parse(data) };
}

/** A connection on which a stream is asked for by hand, and the server's side of it. It is for whoever opened it to destroy. */
export async function connectForStream(
  server: StubServer,
  query: string,
  credential = "",
): Promise<{ client: Socket; there: Socket }> {
  const connected = once(server.app.server, "connection");
  const client = connect(server.port, "127.0.0.1");
  const [there] = (await connected) as [Socket];
  const headers = `Host: 127.0.0.1\r\nAuthorization: Bearer ${credential}\r\n`;
  client.write(`GET /graphql/stream?query=${encodeURIComponent(query)} HTTP/1.1\r\n${headers}\r\n`);
  return { client, there };
}
