import { randomUUID } from "node:crypto";
import { ApiError } from "@reelwire/core";
import type { Engine, Logger } from "@reelwire/engine";
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from "fastify";
import { registerFileRoute } from "./file-route.ts";
import type { GraphqlContext } from "./graphql/context.ts";
import { type GraphqlOverHttp, MAX_REQUEST_BYTES } from "./graphql/graphql-over-http.ts";
import { registerHealthRoutes } from "./health-routes.ts";
import { registerErrors } from "./http-error.ts";
import { registerLargeBodies } from "./large-bodies.ts";
import { registerLoopbackOnly } from "./loopback-only.ts";
import type { SocketLimits } from "./socket-limits.ts";
import { registerSockets } from "./sockets.ts";

/** What the HTTP server is made of. */
export interface HttpServerOptions {
  log: Logger & FastifyBaseLogger;
  /** `null` while it starts: everything but the health routes is `UNAVAILABLE` then. */
  engine: () => Pick<Engine, "openFile" | "health"> | null;
  graphql: GraphqlOverHttp;
  contextFor: () => GraphqlContext;
  allowedOrigins: readonly string[];
  socketLimits: SocketLimits;
  /** Whether clients are answered. A node that only carries videos has nothing but the health routes. */
  answersClients: boolean;
}

/** How long what is under way may take when the server closes, in milliseconds; then its connections are cut. */
const CLOSE_GRACE_MS = 5_000;

/** An id that a caller may give a request, to find it in the log. */
const REQUEST_ID = /^[\w.:-]{1,128}$/;

const HEALTH_ROUTES: readonly string[] = ["/healthz", "/readyz"];

/** The engine, once it has started. @throws {ApiError} `UNAVAILABLE` */
export function ready<E>(engine: E | null): E {
  if (engine === null) throw new ApiError("UNAVAILABLE");
  return engine;
}

/** The HTTP server with all its routes, not yet listening. */
export async function createHttpServer(options: HttpServerOptions): Promise<FastifyInstance> {
  const { engine, graphql, contextFor } = options;
  let stopping = false;
  const phase = () => (stopping ? "stopping" : engine() === null ? "starting" : "ready");
  const app: FastifyInstance = Fastify({
    loggerInstance: options.log,
    logController: new LogController({ requestIdLogLabel: "requestId" }),
    genReqId: ({ headers }) => {
      const given = String(headers["x-request-id"] ?? "");
      return REQUEST_ID.test(given) ? given : randomUUID();
    },
    bodyLimit: MAX_REQUEST_BYTES,
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
    ? await registerSockets(app, { contextFor, limits: options.socketLimits })
    : null;
  app.addHook("onRequest", async (request, reply) => {
    reply.header("x-request-id", request.id);
    if (phase() !== "ready" && !HEALTH_ROUTES.includes(request.url)) throw new ApiError("UNAVAILABLE");
  });
  await registerLoopbackOnly(app, options.allowedOrigins);
  registerHealthRoutes(app, { health: async () => (await engine()?.health()) ?? null, phase });
  if (handleSocket === null) {
    app.get("/", async () => ({ name: "Reelwire worker", health: "/healthz", readiness: "/readyz" }));
    return app;
  }
  registerLargeBodies(app);

  app.route({ method: "GET", url: "/graphql", handler: graphql.handle, wsHandler: handleSocket });
  app.route({ method: ["POST", "PUT", "PATCH", "DELETE"], url: "/graphql", handler: graphql.handle });
  registerFileRoute(app, (key, signature) => ready(engine()).openFile(key, signature));
  app.get("/", async () => ({
    name: "Reelwire",
    graphql: "/graphql (GET, POST, and websockets with the subprotocol graphql-transport-ws)",
    files: "/files/… (as Video.url gives them)",
    health: "/healthz",
    readiness: "/readyz",
  }));
  return app;
}
