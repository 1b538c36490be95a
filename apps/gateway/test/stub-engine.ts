import { ApiError, SCOPES } from "@reelwire/core";
import { type Access, BUILT_IN_VIEWER, type Caller, type Engine } from "@reelwire/engine";
import type { FastifyInstance } from "fastify";
import { DEFAULT_EVENT_STREAM_LIMITS, type EventStreamLimits } from "../src/event-stream-limits.ts";
import type { ContextFor, GraphqlContext } from "../src/graphql/context.ts";
import { startGraphqlOverHttp } from "../src/graphql/graphql-over-http.ts";
import { createHttpServer } from "../src/http-server.ts";
import { LARGE_BODY_TIMES, type LargeBodyTimes } from "../src/large-bodies.ts";
import { createLog } from "../src/log.ts";
import type { PageOptions } from "../src/page-routes.ts";
import { createRequestRates, type RequestLimits } from "../src/request-rates.ts";
import { DEFAULT_SOCKET_LIMITS, type SocketLimits } from "../src/socket-limits.ts";

type ServedEngine = GraphqlContext["engine"] & Pick<Engine, "openFile" | "upload" | "openUpload" | "health">;

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
  /** Default: nobody is asked who they are. */
  access?: Partial<Access>;
  /** Default: true. */
  onLoopback?: boolean;
  /** Default: true. */
  answersClients?: boolean;
  allowedOrigins?: readonly string[];
  publicUrl?: string;
  requestLimits?: RequestLimits;
  sockets?: Partial<SocketLimits>;
  eventStreams?: Partial<EventStreamLimits>;
  largeBodyTimes?: Partial<LargeBodyTimes>;
  /** Default: the built ones, with no origins. */
  pages?: Partial<PageOptions>;
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
  quote: async () => ({ usd: null, kind: "UNKNOWN", rate: null, units: null, asOf: null }),
  budgets: async () => [],
  setBudget: () => Promise.reject(new ApiError("BAD_INPUT")),
  removeBudget: () => Promise.reject(new ApiError("NOT_FOUND")),
  usage: async () => [],
  webhooks: {
    create: () => Promise.reject(new ApiError("BAD_INPUT")),
    list: async () => [],
    find: async () => null,
    delete: () => Promise.reject(new ApiError("NOT_FOUND")),
    enable: () => Promise.reject(new ApiError("NOT_FOUND")),
    rotateSecret: () => Promise.reject(new ApiError("NOT_FOUND")),
    deliveries: async () => [],
    redeliver: () => Promise.reject(new ApiError("NOT_FOUND")),
  },
  openFile: () => Promise.reject(new ApiError("NOT_FOUND")),
  upload: () => Promise.reject(new ApiError("IMAGE_INVALID")),
  openUpload: () => Promise.reject(new ApiError("NOT_FOUND")),
  health: async () => ({
    database: "ok",
    upstream: { usable: true, code: null, since: null },
    active: 0,
    unfinished: {},
    nodes: { live: 1, carrying: 1 },
  }),
};

/** Whoever comes while nobody is asked. */
export const OPEN_CALLER: Caller = { viewer: BUILT_IN_VIEWER, scopes: new Set(SCOPES), by: "open", expiresAt: null };

const open: Access = {
  isRequired: () => false,
  authenticate: async () => OPEN_CALLER,
  assertCurrent() {},
  watch: () => ({ ended: new AbortController().signal, release() {} }),
  createKey: () => Promise.reject(new ApiError("BAD_INPUT")),
  keys: async () => [],
  revokeKey: () => Promise.reject(new ApiError("NOT_FOUND")),
  createToken: () => Promise.reject(new ApiError("FORBIDDEN")),
  createWatchToken: () => Promise.reject(new ApiError("FORBIDDEN")),
};

export async function startStubServer(options: StubServerOptions = {}): Promise<StubServer> {
  const access = { ...open, ...options.access };
  const engine = { ...empty, ...options.engine, access };
  const logLines: string[] = [];
  const log = createLog({ level: "debug", secrets: [], destination: { write: (line) => logLines.push(line) } });
  const contextFor: ContextFor = (caller, renewAccess = null) => ({
    engine,
    access,
    caller,
    viewer: caller.viewer,
    publicUrl: "http://127.0.0.1",
    isEmulated: false,
    renewAccess,
  });
  const graphql = await startGraphqlOverHttp({ log });
  const app = await createHttpServer({
    answersClients: options.answersClients ?? true,
    log,
    engine: () => (options.started === false ? null : engine),
    graphql,
    contextFor,
    rates: createRequestRates(options.requestLimits ?? { keyRequestsPerMinute: null, subjectRequestsPerMinute: null }),
    onLoopback: options.onLoopback ?? true,
    allowedOrigins: options.allowedOrigins ?? [],
    publicUrl: options.publicUrl ?? null,
    socketLimits: { ...DEFAULT_SOCKET_LIMITS, ...options.sockets },
    eventStreamLimits: { ...DEFAULT_EVENT_STREAM_LIMITS, ...options.eventStreams },
    pages: { mediaOrigins: () => [], ...options.pages },
    largeBodyTimes: { ...LARGE_BODY_TIMES, ...options.largeBodyTimes },
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
