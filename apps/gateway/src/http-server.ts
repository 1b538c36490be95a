import { randomUUID } from "node:crypto";
import { ApiError } from "@reelwire/core";
import type { Caller, Engine, Logger } from "@reelwire/engine";
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from "fastify";
import { credentialOfHeader } from "./credential.ts";
import { registerEntrance } from "./entrance.ts";
import { DEFAULT_EVENT_STREAM_LIMITS, type EventStreamLimits } from "./event-stream-limits.ts";
import { EVENT_STREAM, registerEventStreams } from "./event-streams.ts";
import { registerFileRoute } from "./file-route.ts";
import type { ContextFor } from "./graphql/context.ts";
import { type GraphqlOverHttp, MAX_REQUEST_BYTES } from "./graphql/graphql-over-http.ts";
import { registerHealthRoutes } from "./health-routes.ts";
import { RefusedRequest, registerErrors } from "./http-error.ts";
import { createBodyTurns, LARGE_BODY_TIMES, type LargeBodyTimes } from "./large-bodies.ts";
import { type PageOptions, registerPages } from "./page-routes.ts";
import type { RequestRates } from "./request-rates.ts";
import type { SocketLimits } from "./socket-limits.ts";
import { registerSockets } from "./sockets.ts";
import { registerUploadRoutes, UPLOADS } from "./upload-routes.ts";

/** What the HTTP server is made of. */
export interface HttpServerOptions {
  log: Logger & FastifyBaseLogger;
  /** `null` while it starts: everything but the health routes is `UNAVAILABLE` then. */
  engine: () => Pick<Engine, "openFile" | "health" | "access" | "upload" | "openUpload"> | null;
  graphql: GraphqlOverHttp;
  contextFor: ContextFor;
  rates: RequestRates;
  /** Whether it listens on loopback, where nobody else can reach it. */
  onLoopback: boolean;
  allowedOrigins: readonly string[];
  /** Where clients reach it, if not where it listens. */
  publicUrl: string | null;
  socketLimits: SocketLimits;
  /** Default: `DEFAULT_EVENT_STREAM_LIMITS`. */
  eventStreamLimits?: EventStreamLimits;
  /** Default: `LARGE_BODY_TIMES`. */
  largeBodyTimes?: LargeBodyTimes;
  pages: PageOptions;
  /** Whether clients are answered. A node that only carries videos has nothing but the health routes. */
  answersClients: boolean;
}

/** How long what is under way may take when the server closes, in milliseconds; then its connections are cut. */
const CLOSE_GRACE_MS = 5_000;

/**
 * How long a request may take to arrive as a whole, in milliseconds, whoever sends it; then 408. Longer than a large body may wait and
 * take. Fastify has no such limit of its own accord.
 */
const ARRIVES_WITHIN_MS = 180_000;

/** Largest body of what is neither `POST /graphql` nor an image, in bytes: nothing else has use for one. */
const MAX_OTHER_BODY_BYTES = 16 * 1024;

/** An id that a caller may give a request, to find it in the log. */
const REQUEST_ID = /^[\w.:-]{1,128}$/;

const GRAPHQL = "/graphql";

/** Where it must be known who asks. A websocket says it in its first message. */
const FOR_CALLERS: readonly (string | undefined)[] = [GRAPHQL, EVENT_STREAM, UPLOADS];

const HEALTH_ROUTES: readonly string[] = ["/healthz", "/readyz"];

/** The engine, once it has started. @throws {ApiError} `UNAVAILABLE` */
export function ready<E>(engine: E | null): E {
  if (engine === null) throw new ApiError("UNAVAILABLE");
  return engine;
}

/** The HTTP server with all its routes, not yet listening. */
export async function createHttpServer(options: HttpServerOptions): Promise<FastifyInstance> {
  const { engine, graphql, contextFor, rates } = options;
  const access = () => ready(engine()).access;
  const asksCallers = () => engine()?.access.isRequired() ?? !options.onLoopback;
  let stopping = false;
  const phase = () => (stopping ? "stopping" : engine() === null ? "starting" : "ready");
  const app: FastifyInstance = Fastify({
    loggerInstance: options.log,
    logController: new LogController({ requestIdLogLabel: "requestId" }),
    genReqId: ({ headers }) => {
      const given = String(headers["x-request-id"] ?? "");
      return REQUEST_ID.test(given) ? given : randomUUID();
    },
    bodyLimit: MAX_OTHER_BODY_BYTES,
    requestTimeout: ARRIVES_WITHIN_MS,
    // Answered below, as all errors are.
    return503OnClosing: false,
  });
  registerErrors(app);

  app.addHook("preClose", async () => {
    stopping = true;
    setTimeout(() => app.server.closeAllConnections(), CLOSE_GRACE_MS).unref();
  });
  // Before the hooks that refuse: it is what ends the connection of a websocket that was refused.
  const handleSocket = options.answersClients
    ? await registerSockets(app, { access, contextFor, rates, limits: options.socketLimits })
    : null;
  app.addHook("onRequest", async (request, reply) => {
    reply.header("x-request-id", request.id);
  });
  const { allowedOrigins, publicUrl } = options;
  await registerEntrance(app, { asksCallers, allowedOrigins, publicUrl });
  app.addHook("onRequest", async ({ url }) => {
    if (phase() !== "ready" && !HEALTH_ROUTES.includes(url)) throw new ApiError("UNAVAILABLE");
  });
  registerHealthRoutes(app, {
    health: async () => (await engine()?.health()) ?? null,
    phase,
    tellsCounts: () => !asksCallers(),
    isTrusted: async ({ headers }) => !asksCallers() || (await isAdmin(engine(), headers.authorization)),
  });
  if (handleSocket === null) {
    app.get("/", async () => ({ name: "Reelwire worker", health: "/healthz", readiness: "/readyz" }));
    return app;
  }
  // What else comes with an upgrade would get by what holds for requests: Node counts neither its time nor its bytes.
  app.addHook("onRequest", async (request, reply) => {
    if (!request.ws || isSocketRequest(request)) return;
    reply.header("connection", "close");
    throw new RefusedRequest(426);
  });
  // Before a body is read, or waits to be.
  app.decorateRequest("caller", null);
  app.addHook("onRequest", async (request) => {
    if (!FOR_CALLERS.includes(request.routeOptions.url) || request.ws) return;
    const caller = await access().authenticate(credentialOfHeader(request.headers.authorization));
    await rates.admit(caller);
    request.setDecorator<Caller>("caller", caller);
  });

  const turns = createBodyTurns(options.largeBodyTimes ?? LARGE_BODY_TIMES);
  const handler = (request: FastifyRequest, reply: FastifyReply) =>
    graphql.handle(request, reply, contextFor(request.getDecorator<Caller>("caller")));
  app.route({ method: "GET", url: GRAPHQL, handler, wsHandler: handleSocket });
  app.route({
    method: "POST",
    url: GRAPHQL,
    bodyLimit: MAX_REQUEST_BYTES,
    preParsing: turns.ofLarge,
    handler,
  });
  app.route({ method: ["PUT", "PATCH", "DELETE"], url: GRAPHQL, handler });
  registerEventStreams(app, { access, contextFor, limits: options.eventStreamLimits ?? DEFAULT_EVENT_STREAM_LIMITS });
  registerFileRoute(app, (key, signature) => ready(engine()).openFile(key, signature));
  await registerUploadRoutes(app, { engine: () => ready(engine()), contextFor, takeTurns: turns.ofAll });
  await registerPages(app, options.pages);
  return app;
}

/** Whether an upgrade is one to a websocket, where there are some. Node hands over as upgrades whatever says so in a header. */
function isSocketRequest({ method, headers, routeOptions }: FastifyRequest): boolean {
  const hasBody = headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) !== 0;
  return method === "GET" && routeOptions.url === GRAPHQL && headers.upgrade?.toLowerCase() === "websocket" && !hasBody;
}

/** Whether a request's credential is an administrator's. Without one, or while nobody can tell, it is not. */
async function isAdmin(engine: Pick<Engine, "access"> | null, authorization: string | undefined): Promise<boolean> {
  if (engine === null) return false;
  const credential = credentialOfHeader(authorization);
  if (credential === null) return false;
  try {
    return (await engine.access.authenticate(credential)).scopes.has("admin");
  } catch (error) {
    if (error instanceof ApiError && error.code === "UNAVAILABLE") return false;
    throw error;
  }
}
