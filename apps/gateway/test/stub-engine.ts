import { ApiError } from "@reelwire/core";
import { BUILT_IN_VIEWER, type Engine } from "@reelwire/engine";
import type { FastifyInstance } from "fastify";
import type { GraphqlContext } from "../src/graphql/context.ts";
import { startGraphqlOverHttp } from "../src/graphql/graphql-over-http.ts";
import { createHttpServer } from "../src/http-server.ts";
import { createLog } from "../src/log.ts";
import { DEFAULT_SOCKET_LIMITS, type SocketLimits } from "../src/socket-limits.ts";

type ServedEngine = GraphqlContext["engine"] & Pick<Engine, "openFile" | "health">;

/** The real HTTP server over real sockets, in front of an engine that has no videos but does as a test says. */
export interface StubServer extends AsyncDisposable {
  app: FastifyInstance;
  url: string;
  port: number;
  logLines: string[];
}

export interface StubServerOptions {
  /** Default: true. */
  started?: boolean;
  engine?: Partial<ServedEngine>;
  allowedOrigins?: readonly string[];
  sockets?: Partial<SocketLimits>;
}

const empty: ServedEngine = {
  createVideo: () => Promise.reject(new ApiError("BAD_INPUT")),
  cancelVideo: () => Promise.reject(new ApiError("NOT_FOUND")),
  video: async () => null,
  videos: async () => [],
  request: async (_viewer, { request }) => request,
  watchVideo: () => Promise.reject(new ApiError("NOT_FOUND")),
  watchActivity: () => endless(),
  progress: async () => null,
  fileAddress: (videoId) => ({ key: `${videoId}.mp4`, signature: "" }),
  openFile: () => Promise.reject(new ApiError("NOT_FOUND")),
  health: async () => ({
    database: "ok",
    upstream: { usable: true, code: null, since: null },
    active: 0,
    unfinished: {},
    nodes: { live: 1, carrying: 1 },
  }),
};

export async function startStubServer(options: StubServerOptions = {}): Promise<StubServer> {
  const engine = { ...empty, ...options.engine };
  const logLines: string[] = [];
  const log = createLog({ level: "debug", secrets: [], destination: { write: (line) => logLines.push(line) } });
  const contextFor = (): GraphqlContext => ({ engine, viewer: BUILT_IN_VIEWER, publicUrl: "http://127.0.0.1" });
  const graphql = await startGraphqlOverHttp({ contextFor, log });
  const app = await createHttpServer({
    answersClients: true,
    log,
    engine: () => (options.started === false ? null : engine),
    graphql,
    contextFor,
    allowedOrigins: options.allowedOrigins ?? [],
    socketLimits: { ...DEFAULT_SOCKET_LIMITS, ...options.sockets },
  });
  const url = await app.listen({ host: "127.0.0.1", port: 0 });
  return {
    app,
    url,
    port: Number(new URL(url).port),
    logLines,
    async [Symbol.asyncDispose]() {
      await app.close();
      await graphql.stop();
    },
  };
}

/** A stream that says nothing until it is left. */
export function endless(onReturn: () => void = () => {}): AsyncIterableIterator<never> {
  const { promise, resolve } = Promise.withResolvers<IteratorReturnResult<undefined>>();
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    next: () => promise,
    async return() {
      onReturn();
      resolve({ done: true, value: undefined });
      return { done: true, value: undefined };
    },
  };
}
