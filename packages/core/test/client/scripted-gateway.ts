import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { buildSchema, GraphQLError, graphql } from "graphql";
import { useServer } from "graphql-ws/use/ws";
import { WebSocketServer } from "ws";
import type { Video } from "../../src/client/index.ts";
import { isFinal } from "../../src/video.ts";

const schema = buildSchema(await readFile(new URL("../../../../apps/gateway/schema.graphql", import.meta.url), "utf8"));

/** A GraphQL request as it arrived over HTTP. */
export interface SeenOperation {
  query: string;
  variables: Record<string, unknown>;
}

type Reply = (response: ServerResponse) => void;

/** As the gateway behaves by invariant 7, but it knows only what it is told to know, and breaks when it is told to. */
export class ScriptedGateway implements AsyncDisposable {
  /** What came over HTTP. */
  readonly operations: SeenOperation[] = [];
  /** The `afterVersion` of each `videoStatus`, in order. */
  readonly subscriptions: (number | null)[] = [];
  /** Websockets opened so far. */
  connections = 0;
  /** What `createVideo` and the like resolve to. */
  roots: Record<string, (args: Record<string, unknown>) => unknown> = {};
  /** Given to the next HTTP requests in place of an answer. */
  readonly replies: Reply[] = [];
  /** Given to the next subscriptions in place of a stream. */
  readonly refusals: GraphQLError[] = [];
  /** The `Authorization` of each HTTP request. */
  readonly authorizations: (string | undefined)[] = [];
  /** The `connectionParams` of each websocket. */
  readonly connectionParams: unknown[] = [];
  /** The tokens given to `renewAccess`. */
  readonly renewals: string[] = [];
  /**
   * Who is let in, over HTTP and websockets: by a token, the time it ends; `null` for one without an end, `false` for one that
   * is refused.
   */
  admits: (token: string | undefined) => string | null | false = () => null;
  /** Whether `renewAccess` is answered. */
  answersRenewals = true;
  /** Told in place of the video at this version. */
  readonly failures = new Map<number, GraphQLError>();

  readonly #http = createServer((request, response) => this.#answer(request, response));
  readonly #sockets = new WebSocketServer({ server: this.#http, path: "/graphql" });
  readonly #told: Video[] = [];
  readonly #changed = new EventTarget();
  #completing = new AbortController();
  #running = 0;

  /** @param port where to listen. Default: any that is free. */
  static async start(port = 0): Promise<ScriptedGateway> {
    const gateway = new ScriptedGateway();
    const { promise, resolve } = Promise.withResolvers<void>();
    gateway.#http.listen(port, "127.0.0.1", resolve);
    await promise;
    return gateway;
  }

  private constructor() {
    this.#sockets.on("connection", (socket) => {
      this.connections++;
      this.#change();
      socket.on("close", () => this.#change());
    });
    useServer(
      {
        schema,
        onConnect: ({ connectionParams, extra }) => {
          this.connectionParams.push(connectionParams);
          const { token } = connectionParams ?? {};
          const expiresAt = this.admits(token === undefined ? undefined : String(token));
          if (expiresAt === false) extra.socket.close(4401, "Unauthenticated");
          return expiresAt === false ? false : { expiresAt };
        },
        onSubscribe: (_context, _id, { query }) => {
          if (query.startsWith("mutation")) return undefined;
          const refusal = this.refusals.shift();
          return refusal === undefined ? undefined : [refusal];
        },
        roots: {
          mutation: {
            renewAccess: ({ token }: { token: string }) => {
              this.renewals.push(token);
              this.#change();
              if (!this.answersRenewals) return new Promise(() => {});
              const expiresAt = this.admits(token);
              return expiresAt === false ? gatewayError("UNAUTHENTICATED") : { expiresAt };
            },
          },
          subscription: {
            videoStatus: ({ id, afterVersion }: { id: string; afterVersion?: number | null }) =>
              this.#stream((left) => this.#versions(id, afterVersion ?? null, left)),
            videoActivity: () => {
              const from = this.#told.length;
              return this.#stream((left) => this.#activity(from, left));
            },
          },
        },
      },
      this.#sockets,
    );
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#http.address() as AddressInfo).port}/graphql`;
  }

  /** Subscriptions under way. */
  get running(): number {
    return this.#running;
  }

  /** Websockets that are open. */
  get open(): number {
    return this.#sockets.clients.size;
  }

  /** Makes these known, in order: later versions, or the same version again. */
  tell(...videos: Video[]): void {
    this.#told.push(...videos);
    this.#change();
  }

  /** Breaks every websocket without a word. */
  cut(): void {
    for (const socket of this.#sockets.clients) socket.terminate();
  }

  /** Closes every websocket with this code. */
  closeSockets(code: number): void {
    for (const socket of this.#sockets.clients) socket.close(code, "scripted");
  }

  /** Neither reads nor writes anything more on the websockets there are: as when the network is gone. */
  vanish(): void {
    for (const socket of this.#sockets.clients) {
      socket.pause();
      socket.send = () => {};
    }
  }

  /** Completes every subscription under way, the final version told or not. */
  completeAll(): void {
    this.#completing.abort();
    this.#completing = new AbortController();
    this.#change();
  }

  /** Resolves when this holds; looked at on every change on this side. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) await once(this.#changed, "change");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.completeAll();
    this.cut();
    const closed = new Promise((resolve) => this.#http.close(resolve));
    this.#sockets.close();
    this.#http.closeAllConnections();
    await closed;
  }

  #change(): void {
    this.#changed.dispatchEvent(new Event("change"));
  }

  /** Counts a stream as running, and ends it while it waits: for a completion of ours, or a reader who left. */
  #stream<T>(generate: (left: AbortSignal) => AsyncGenerator<T>): AsyncIterableIterator<T> {
    const left = new AbortController();
    const generator = generate(AbortSignal.any([left.signal, this.#completing.signal]));
    let running = true;
    this.#running++;
    this.#change();
    const end = () => {
      if (running) this.#running--;
      running = false;
      left.abort();
      this.#change();
    };
    return {
      [Symbol.asyncIterator]() {
        return this;
      },
      async next() {
        const result = await generator.next();
        if (result.done) end();
        return result;
      },
      async return() {
        end();
        return generator.return(undefined);
      },
    };
  }

  async *#versions(id: string, afterVersion: number | null, left: AbortSignal) {
    this.subscriptions.push(afterVersion);
    const told = () => this.#told.filter((video) => video.id === id);
    const from = told().length;
    // Replayed is one of each version, as the database has it; a progress that was missed is not told again.
    const versions = [...new Map(told().map((video) => [video.version, video])).values()];
    const replayed = versions.filter(({ version }) => version > (afterVersion ?? 0));
    for (const video of afterVersion === null ? replayed.slice(-1) : replayed) yield { videoStatus: video };
    if (versions.some(({ status }) => isFinal(status))) return;
    for await (const video of this.#later(told, from, left)) {
      yield { videoStatus: this.failures.get(video.version) ?? video };
      if (isFinal(video.status)) return;
    }
  }

  async *#activity(from: number, left: AbortSignal) {
    for await (const video of this.#later(() => this.#told, from, left)) yield { videoActivity: video };
  }

  async *#later(told: () => Video[], from: number, left: AbortSignal) {
    for (let read = from; !left.aborted; ) {
      const next = told()[read];
      if (next === undefined) await once(this.#changed, "change");
      else {
        read++;
        yield next;
      }
    }
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const operation = (await json(request)) as SeenOperation;
    const { authorization } = request.headers;
    this.operations.push(operation);
    this.authorizations.push(authorization);
    const reply = this.replies.shift();
    if (reply !== undefined) return reply(response);
    if (this.admits(authorization?.replace("Bearer ", "")) === false) return refuse(response);
    const result = await graphql({
      schema,
      source: operation.query,
      variableValues: operation.variables,
      rootValue: { video: ({ id }: { id: string }) => this.#told.findLast((video) => video.id === id), ...this.roots },
    });
    response.writeHead(200, { "content-type": "application/graphql-response+json" }).end(JSON.stringify(result));
  }
}

/** A GraphQL error as the gateway makes them. */
export function gatewayError(code: string, message: string = code, extensions: object = {}): GraphQLError {
  return new GraphQLError(message, { extensions: { code, ...extensions } });
}

export const answer =
  (status: number, body: unknown, type = "application/json"): Reply =>
  (response) => {
    response.writeHead(status, { "content-type": type });
    response.end(typeof body === "string" ? body : JSON.stringify(body));
  };

/** As the gateway answers to who is nobody it knows. */
const refuse = answer(401, { errors: [gatewayError("UNAUTHENTICATED")] });

/** The connection breaks before anything is answered. */
export const cutAnswer: Reply = (response) => {
  response.socket?.destroy();
};

/** Never answers. */
export const silent: Reply = () => {};
