import { once } from "node:events";
import { type ClientOptions, WebSocket } from "ws";

/** What a client of the protocol is told. */
export interface Message {
  type: string;
  id?: string;
  payload?: ReturnType<typeof JSON.parse>;
}

/** A websocket that speaks graphql-transport-ws by hand. */
export interface RawSocket {
  socket: WebSocket;
  closed: Promise<{ code: number; reason: string }>;
  /** Everything it was told so far. */
  received: readonly Message[];
  send(message: object): void;
  /** The first message that fits, once it is there; rejects when the socket is closed before. */
  next(fits: string | ((message: Message) => boolean)): Promise<Message>;
}

/** A socket that is open, and not acknowledged. */
export async function openSocket(
  url: string,
  protocols: string[] = ["graphql-transport-ws"],
  options: ClientOptions = {},
): Promise<RawSocket> {
  const socket = new WebSocket(`${url.replace(/^http/, "ws")}/graphql`, protocols, options);
  const closed = once(socket, "close").then(([code, reason]) => ({ code: Number(code), reason: String(reason) }));
  const received: Message[] = [];
  socket.on("message", (data) => received.push(JSON.parse(String(data))));
  await once(socket, "open");
  return {
    socket,
    closed,
    received,
    send: (message) => socket.send(JSON.stringify(message)),
    async next(fits) {
      const isIt = typeof fits === "string" ? ({ type }: Message) => type === fits : fits;
      for (;;) {
        const found = received.find(isIt);
        if (found !== undefined) return found;
        const end = await Promise.race([once(socket, "message").then(() => null), closed]);
        if (end !== null) throw new Error(`closed before that: ${end.code} ${end.reason}`);
      }
    },
  };
}

/** A socket that was let in with these `connectionParams`. */
export async function openAcknowledged(url: string, parameters?: object): Promise<RawSocket> {
  const client = await openSocket(url);
  client.send({ type: "connection_init", ...(parameters === undefined ? {} : { payload: parameters }) });
  await client.next("connection_ack");
  return client;
}

export const subscribe = (id: string, query: string, variables = {}) => ({
  id,
  type: "subscribe",
  payload: { query, variables },
});
