import { abortable, unlessAborted } from "./abortable.ts";
import type { Pace } from "./pace.ts";
import { type AnsweredError, errorFromAnswer, networkError, ReelwireError } from "./reelwire-error.ts";
import type { Subscribe } from "./subscription.ts";
import type { OpenSocket, Tokens } from "./token.ts";

/** What a socket is made with. */
export interface SocketOptions {
  /** Of the GraphQL API: `http:` or `https:`. */
  url: string;
  /** A `WebSocket` class, where the runtime has none. */
  webSocketImpl: unknown;
  /** How long the gateway may say nothing, in milliseconds, before it is asked for a sign of life. */
  keepAliveMs: number;
  tokens: () => Promise<Tokens>;
  pace: Pace;
}

/** One websocket for all subscriptions: opened by the first, closed after the last. */
export interface Socket {
  subscribe: Subscribe;
  /** Resolves when it is open. */
  probe(signal: AbortSignal): Promise<void>;
  /** How often it was tried to open it, in vain, since it last was. */
  tries: number;
  /** Whether the gateway takes no more subscriptions on it. */
  readonly isFull: boolean;
  /** Asks for a sign of life now. */
  check(): void;
}

/** As much of a `WebSocket` as is used. */
interface WebSocketLike {
  send(text: string): void;
  close(code: number): void;
  onopen: (() => void) | null;
  onmessage: ((event: { data: string }) => void) | null;
  onclose: ((event: { code?: unknown; reason?: unknown }) => void) | null;
  onerror: ((event: object) => void) | null;
}

/** What a subscription is told. */
type Told =
  | { type: "next"; id: string; payload: { data?: never; errors?: readonly AnsweredError[] } }
  | { type: "error"; id: string; payload: readonly AnsweredError[] }
  | { type: "complete"; id: string };

/** What the gateway says, by the protocol `graphql-transport-ws`. */
type Message = Told | { type: "ping" | "pong" } | { type: "connection_ack"; payload?: { expiresAt?: unknown } };

/** Close codes by which the gateway refuses this client's token: one that is nobody's, has expired, or was revoked. */
const TOKEN_REFUSALS: readonly unknown[] = [4401, 4440, 4441];

/** Close codes by which the gateway refuses this client: trying again as before would change nothing. */
const REFUSALS: readonly unknown[] = [4400, 4403, 4406];

/** The gateway takes a hundred operations on one websocket; one is left for the renewal of the token. */
const MAX_USERS = 99;

/** As many tries as one counts for that was answered by silence. */
export const SILENCE = 3;

export function createSocket({ url, webSocketImpl, keepAliveMs, tokens: load, pace }: SocketOptions): Socket {
  let users = 0;
  let opened: Promise<OpenSocket> | undefined;
  let close = () => {};
  let check = () => {};

  async function open(): Promise<OpenSocket> {
    const tokens = await load();
    // Had before a websocket is opened, since the gateway does not wait for long then.
    const token = await tokens.forSocket();
    if (users === 0) throw networkError(undefined);
    socket.tries++;
    const WebSocketClass = (webSocketImpl ?? WebSocket) as new (url: string, protocol: string) => WebSocketLike;
    const line = new WebSocketClass(url.replace(/^http/, "ws"), "graphql-transport-ws");
    const closing = new AbortController();
    const lost = closing.signal;
    const listeners = new Map<string, (message: Told) => void>();
    let ids = 0;
    /** Called in order, each with an answer to a ping. */
    const pinged: (() => void)[] = [];
    let timer: ReturnType<typeof setTimeout> | undefined;

    const say = (message: object) => line.send(JSON.stringify(message));
    const unlessHeard = (then: () => void) => {
      clearTimeout(timer);
      timer = setTimeout(then, keepAliveMs);
    };
    const ping = (then: () => void) => {
      pinged.push(then);
      say({ type: "ping" });
    };
    // A network that is gone does not close a socket. Only an answer that does not come tells.
    const ask = () => {
      check = () => {};
      ping(pace.works);
      unlessHeard(broken);
    };
    function end(error: ReelwireError, code = 1000) {
      clearTimeout(timer);
      closing.abort(error);
      line.close(code);
    }
    function broken(event?: { code?: unknown; reason?: unknown }) {
      if (lost.aborted) return;
      const refused = refusal(event, tokens);
      // Whoever says that has got through.
      if (refused) socket.tries = 0;
      end(refused ?? networkError(event));
    }
    const subscribe: Subscribe = (payload, { next, begun }, signal) =>
      abortable(AbortSignal.any([lost, signal]), (resolve, reject) => {
        const id = String(++ids);
        listeners.set(id, (told) => {
          if (told.type === "complete") return resolve(false);
          const { data, errors } = told.type === "error" ? { errors: told.payload } : told.payload;
          if (errors?.length || !data) return reject(errorFromAnswer(errors ?? []));
          pace.works();
          if (next(data)) resolve(true);
        });
        say({ id, type: "subscribe", payload });
        // It has begun when the gateway has read it, which nothing tells but an answer to what was sent later.
        if (begun) ping(() => listeners.has(id) && begun());
        return () => {
          listeners.delete(id);
          if (!lost.aborted) say({ id, type: "complete" });
        };
      });

    unlessHeard(() => {
      // Something keeps quiet that lets others through: it would each time, and each time cost as long.
      socket.tries = SILENCE;
      broken();
    });
    line.onclose = broken;
    line.onerror = broken;
    line.onopen = () => say({ type: "connection_init", payload: token && { token } });
    return abortable(lost, (resolve) => {
      function hear(message: Message) {
        if ("id" in message) listeners.get(message.id)?.(message);
        else if (message.type === "ping") say({ type: "pong" });
        else if (message.type === "pong") pinged.shift()?.();
        else if (message.type === "connection_ack") {
          const open = { subscribe, end, lost };
          socket.tries = 0;
          close = () => end(networkError(undefined));
          lost.onabort = () => {
            opened = undefined;
            check = close = () => {};
          };
          tokens.opened(open, message.payload?.expiresAt);
          resolve(open);
          closeUnused();
        } else throw message;
      }
      line.onmessage = ({ data }) => {
        if (lost.aborted) return;
        unlessHeard(ask);
        check = ask;
        try {
          hear(JSON.parse(data));
        } catch (error) {
          end(networkError(error), 4400);
        }
      };
      return () => {};
    });
  }
  /** Not now: what is begun on the same turn goes on with it. Nor one that is being opened, which browsers complain about. */
  function closeUnused() {
    setTimeout(() => users || close());
  }

  async function use<T>(signal: AbortSignal, call: (opened: OpenSocket) => T): Promise<Awaited<T>> {
    users++;
    try {
      opened ??= open().catch((error) => {
        opened = undefined;
        throw error instanceof ReelwireError ? error : networkError(error);
      });
      return await call(await unlessAborted(opened, signal));
    } finally {
      users--;
      closeUnused();
    }
  }

  const socket: Socket = {
    tries: 0,
    get isFull() {
      return users >= MAX_USERS;
    },
    check: () => check(),
    subscribe: (subscription, subscriber, signal) =>
      use(signal, ({ subscribe }) => subscribe(subscription, subscriber, signal)),
    probe: (signal) => use(signal, () => {}),
  };
  return socket;
}

/** The error where the gateway closed the websocket because it does not take this client. */
function refusal(event: { code?: unknown; reason?: unknown } | undefined, tokens: Tokens): ReelwireError | null {
  const ofToken = TOKEN_REFUSALS.includes(event?.code);
  if (!ofToken && !REFUSALS.includes(event?.code)) return null;
  return new ReelwireError({
    code: ofToken ? "UNAUTHENTICATED" : "SOCKET_REFUSED",
    message: `The gateway refused the websocket: ${event?.code} ${event?.reason}`,
    retryable: ofToken && tokens.refused(),
  });
}
