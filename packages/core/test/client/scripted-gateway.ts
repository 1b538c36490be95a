import { once, setMaxListeners } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { buffer, json } from "node:stream/consumers";
import { buildSchema, GraphQLError, graphql, parse } from "graphql";
import { createHandler } from "graphql-sse/lib/use/http";
import { useServer } from "graphql-ws/use/ws";
import { WebSocketServer } from "ws";
import type { UploadedImage, Video } from "../../src/client/index.ts";
import { isFinal } from "../../src/video.ts";

const schema = buildSchema(await readFile(new URL("../../../../apps/gateway/schema.graphql", import.meta.url), "utf8"));

/** A GraphQL request as it arrived over HTTP. */
export interface SeenOperation {
  query: string;
  variables: Record<string, unknown>;
}

/** What is answered to each image that is uploaded. */
export const UPLOADED: UploadedImage = {
  url: "http://127.0.0.1/uploads/upload_1?signature=s",
  contentType: "image/png",
  width: 1280,
  height: 720,
  bytes: 5,
  expiresAt: "2026-11-23T09:00:00.000Z",
};

/** Answers an HTTP request, or does not. */
export type Reply = (response: ServerResponse) => void;

/** What becomes of a websocket that somebody wants to open, by something in between. */
export type Upgrade = "passed" | "refused" | "cut" | "ignored" | "silenced" | { closedWith: number };

/** What becomes of an event stream, by something in between. */
export type StreamWay = "passed" | "held" | Reply;

/** How many operations one websocket may have at a time. */
const MAX_OPERATIONS = 100;

/** As the gateway behaves by invariant 7, but it knows only what it is told to know, and breaks when it is told to. */
export class ScriptedGateway implements AsyncDisposable {
  /** What came over HTTP, but for the question whether it is there. */
  readonly operations: SeenOperation[] = [];
  /** Images that came over HTTP. */
  readonly uploads: { type: string | undefined; bytes: Buffer }[] = [];
  /** The `afterVersion` of each `videoStatus`, in order. */
  readonly subscriptions: (number | null)[] = [];
  /** Websockets opened so far. */
  connections = 0;
  /** How often a client asked for a sign of life. */
  pings = 0;
  /** How often a client gave one. */
  pongs = 0;
  /** By which codes clients closed websockets. */
  readonly closeCodes: number[] = [];
  /** What `createVideo` and the like resolve to. */
  roots: Record<string, (args: Record<string, unknown>) => unknown> = {};
  /** Given to the next HTTP requests in place of an answer. */
  readonly replies: Reply[] = [];
  /** Given to the next subscriptions in place of a stream. */
  readonly refusals: GraphQLError[] = [];
  /** What becomes of websockets. */
  upgrade: Upgrade = "passed";
  /** Websockets that were asked for. */
  upgrades = 0;
  /** What becomes of event streams. */
  stream: StreamWay = "passed";
  /** The `Authorization` of each event stream that was asked for. */
  readonly streams: (string | undefined)[] = [];
  /** The `Authorization` of each other HTTP request. */
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
  readonly #sockets = new WebSocketServer({ noServer: true });
  /** Of websockets that nobody serves. */
  readonly #unserved = new WebSocketServer({ noServer: true });
  readonly #ignored = new Set<Duplex>();
  readonly #openStreams = new Set<ServerResponse>();
  readonly #told: Video[] = [];
  readonly #changed = new EventTarget();
  readonly #subscriptions = {
    videoStatus: ({ id, afterVersion }: { id: string; afterVersion?: number | null }) =>
      this.#stream((left) => this.#versions(id, afterVersion ?? null, left)),
    videoActivity: () => {
      const from = this.#told.length;
      return this.#stream((left) => this.#activity(from, left));
    },
  };
  readonly #serveStream = createHandler({
    schema,
    authenticate: () => null,
    onSubscribe: (_request, { query, variables }) => {
      const refusal = this.refusals.shift();
      if (refusal !== undefined) return only({ errors: [refusal] });
      return {
        schema,
        document: parse(query),
        variableValues: variables,
        rootValue: this.#subscriptions,
        contextValue: undefined,
      };
    },
  });
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
    setMaxListeners(0, this.#changed);
    this.#http.on("upgrade", (request, socket, head) => this.#upgrade(request, socket, head));
    this.#sockets.on("connection", (socket) => {
      this.connections++;
      this.#change();
      socket.on("message", (message) => {
        const { type } = JSON.parse(String(message));
        if (type === "ping") this.pings++;
        if (type === "pong") this.pongs++;
        this.#change();
      });
      socket.on("close", (code) => {
        this.closeCodes.push(code);
        this.#change();
      });
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
        onSubscribe: ({ subscriptions }, _id, { query }) => {
          const isTooMany = Object.keys(subscriptions).length > MAX_OPERATIONS;
          if (query.startsWith("mutation") && !isTooMany) return undefined;
          const refusal = isTooMany ? gatewayError("BAD_INPUT") : this.refusals.shift();
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
          subscription: this.#subscriptions,
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

  /** Breaks every websocket and event stream without a word. */
  cut(): void {
    for (const socket of [...this.#sockets.clients, ...this.#unserved.clients]) socket.terminate();
    for (const stream of [...this.#ignored, ...this.#openStreams]) stream.destroy();
  }

  /** Ends every event stream as the gateway does when its token has ended. */
  endStreams(): void {
    const errors = [gatewayError("UNAUTHENTICATED")];
    for (const response of this.#openStreams) {
      if (response.writableEnded) continue;
      response.end(`event: next\ndata: ${JSON.stringify({ errors })}\n\n`);
      response.write = () => true;
    }
  }

  /** Closes every websocket with this code. */
  closeSockets(code: number): void {
    for (const socket of this.#sockets.clients) socket.close(code, "scripted");
  }

  /** Says this on every websocket. */
  say(text: string): void {
    for (const socket of this.#sockets.clients) socket.send(text);
  }

  /** Neither reads nor writes anything more on the websockets and event streams there are: as when the network is gone. */
  vanish(): void {
    for (const response of this.#openStreams) response.write = () => true;
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
    this.#unserved.close();
    this.#http.closeAllConnections();
    await closed;
  }

  /** Each video as it was told last, the newest first. */
  #newest(): Video[] {
    return [...new Map(this.#told.map((video) => [video.id, video])).values()].reverse();
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

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.upgrades++;
    const { upgrade } = this;
    if (upgrade === "cut") socket.destroy();
    else if (upgrade === "refused") socket.end("HTTP/1.1 403 Forbidden\r\nconnection: close\r\n\r\n");
    else if (upgrade === "ignored") this.#ignored.add(socket);
    else if (upgrade === "passed") {
      this.#sockets.handleUpgrade(request, socket, head, (opened) => this.#sockets.emit("connection", opened, request));
    } else {
      this.#unserved.handleUpgrade(request, socket, head, (opened) => {
        if (upgrade !== "silenced") opened.close(upgrade.closedWith);
      });
    }
    this.#change();
  }

  async #answerStream(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { authorization } = request.headers;
    const { stream } = this;
    this.streams.push(authorization);
    this.#openStreams.add(response);
    response.on("close", () => {
      this.#openStreams.delete(response);
      this.#change();
    });
    this.#change();
    if (typeof stream === "function") return stream(response);
    if (this.admits(authorization?.replace("Bearer ", "")) === false) return refuse(response);
    // Something that passes on an answer when it is complete.
    if (stream === "held") response.write = () => true;
    // It may break while it is written to.
    await this.#serveStream(request, response).catch(() => response.destroy());
  }

  async #takeUpload(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { authorization, "content-type": type } = request.headers;
    this.uploads.push({ type, bytes: await buffer(request) });
    this.authorizations.push(authorization);
    const reply = this.replies.shift();
    if (reply !== undefined) return reply(response);
    if (this.admits(authorization?.replace("Bearer ", "")) === false) return refuse(response);
    answer(201, UPLOADED)(response);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.url === "/graphql/stream") return this.#answerStream(request, response);
    const { authorization } = request.headers;
    if (request.url === "/uploads") return this.#takeUpload(request, response);
    const operation = (await json(request)) as SeenOperation;
    if (operation.query === "{__typename}") return answer(200, { data: { __typename: "Query" } })(response);
    this.operations.push(operation);
    this.authorizations.push(authorization);
    this.#change();
    const reply = this.replies.shift();
    if (reply !== undefined) return reply(response);
    if (this.admits(authorization?.replace("Bearer ", "")) === false) return refuse(response);
    const result = await graphql({
      schema,
      source: operation.query,
      variableValues: operation.variables,
      rootValue: {
        video: ({ id }: { id: string }) => this.#told.findLast((video) => video.id === id),
        videos: () => ({ nodes: this.#newest(), pageInfo: { hasNextPage: false, hasPreviousPage: false } }),
        ...this.roots,
      },
    });
    response.writeHead(200, { "content-type": "application/graphql-response+json" }).end(JSON.stringify(result));
  }
}

async function* only<T>(value: T): AsyncGenerator<T> {
  yield value;
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
