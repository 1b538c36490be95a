import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from "fastify";
import { ApiError, errorBody } from "./api-error.ts";
import { beginCall, type Call, callOf, findCall, nameGeneration } from "./call.ts";
import { listModels } from "./catalogue.ts";
import { addControlSurface } from "./control-surface.ts";
import { createGeneration, logRefusal } from "./create-generation.ts";
import { paths } from "./endpoints.ts";
import { readFaultHeader } from "./fault-spec.ts";
import { namedGeneration, presentGeneration } from "./generation-answer.ts";
import { logsPage } from "./logs-page.ts";
import { addFaults, ConnectionCut, FaultAnswer, meetFaults, rewriteAnswer, writeAnswer } from "./meet-faults.ts";
import { modelMetrics } from "./metrics.ts";
import { serveFile } from "./serve-file.ts";
import { transactionsPage } from "./transactions.ts";
import type { Upstream } from "./upstream.ts";

/** Two frames as data: URIs and some room. */
const largestBody = 64 * 1024 * 1024;

type Query = Record<string, string | string[] | undefined>;

/** A server that answers from what the upstream knows; not yet listening. `goingDown` ends whatever it still waits on. */
export function buildServer(upstream: Upstream, goingDown: AbortSignal): FastifyInstance {
  const server = fastify({ bodyLimit: largestBody, forceCloseConnections: true, exposeHeadRoutes: false });
  const { clock, requests } = upstream;

  server.addHook("onRequest", async (request, reply) => {
    if (!request.url.startsWith("/_emulator/")) beginCall(upstream, request, reply, goingDown);
  });
  server.addHook("onSend", async (request, reply, payload) => {
    const call = findCall(request);
    if (call) {
      logRefusal(upstream, call, request.body, reply.statusCode);
      requests.answered(call.recorded, reply.statusCode, clock.now());
    }
    return payload;
  });
  server.setNotFoundHandler(async (request) => {
    throw new ApiError(404, `Cannot ${request.method} ${request.url.split("?", 1)[0]}`);
  });
  server.setErrorHandler((error, request, reply) => sendError(upstream, error, request, reply));

  /** A GET that answers with JSON. `prepare` may name the generation, so that faults that stick to it are met. */
  const get = (
    path: string,
    answer: (call: Call, query: Query, request: FastifyRequest, reply: FastifyReply) => object | Promise<object>,
    prepare: (call: Call, query: Query, reply: FastifyReply) => void = () => {},
  ) => {
    server.get<{ Querystring: Query }>(path, async (request, reply) => {
      const call = callOf(request);
      addFaults(upstream, call, readFaultHeader(request.headers["x-emulator-fault"], call.endpoint));
      prepare(call, request.query, reply);
      await meetFaults(upstream, call, "before");
      const body = await answer(call, request.query, request, reply);
      if (reply.statusCode === 304) return reply.send();
      return reply.type("application/json; charset=utf-8").send(writeAnswer(upstream, call, body));
    });
  };

  server.post(paths.create, async (request, reply) => {
    const call = callOf(request);
    const body = await createGeneration(upstream, call, request, reply);
    return reply.type("application/json; charset=utf-8").send(body);
  });
  get(
    paths.status,
    async (call, { generation_id }) => {
      const generation = namedGeneration(upstream, generation_id);
      await generation.overdue;
      return rewriteAnswer(upstream, call, presentGeneration(upstream, generation));
    },
    (call, { generation_id }, reply) => {
      const generation = upstream.generations.find(String(generation_id));
      if (generation) nameGeneration(call, generation, reply);
    },
  );
  get(paths.logs, (call, query) => logsPage(upstream, call, query));
  get(paths.billing, () => ({ current_balance: upstream.ledger.balanceUsd, currency: "USD" }));
  get(paths.transactions, (_call, query) => transactionsPage(upstream, query));
  get(paths.metrics, (_call, query) => modelMetrics(upstream, query));
  get(paths.models, (_call, query, request, reply) => {
    const { body, etag } = listModels(query);
    reply.header("etag", etag);
    if (request.headers["if-none-match"]?.split(/\s*,\s*/).some((tag) => tag === etag || tag === "*")) reply.code(304);
    return body;
  });
  server.route({
    method: ["GET", "HEAD"],
    url: `${paths.file}*`,
    handler: (request, reply) => {
      const call = callOf(request);
      addFaults(upstream, call, readFaultHeader(request.headers["x-emulator-fault"], call.endpoint));
      return serveFile(upstream, call, request, reply);
    },
  });
  addControlSurface(server, upstream);
  return server;
}

function sendError(upstream: Upstream, error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const call = findCall(request);
  if (error instanceof ConnectionCut) {
    reply.hijack();
    request.raw.socket.destroy();
    if (call) upstream.requests.answered(call.recorded, null, upstream.clock.now());
    return reply;
  }
  const { statusCode, message, headers } = toApiError(error);
  reply.code(statusCode).headers(headers);
  if (error instanceof FaultAnswer && error.shape === "html") {
    return reply.type("text/html").send(`<html><body><h1>${statusCode} ${message}</h1></body></html>`);
  }
  const body = errorBody(statusCode, message, {
    path: request.url,
    id: call?.id ?? request.id,
    at: upstream.clock.now(),
  });
  const other = error instanceof FaultAnswer && error.shape === "other";
  reply.type("application/json; charset=utf-8");
  return reply.send(JSON.stringify(other ? { ...body, message: [message], statusCode: String(statusCode) } : body));
}

function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "FST_ERR_CTP_BODY_TOO_LARGE") return new ApiError(413, "Payload too large");
  if (typeof code === "string" && code.startsWith("FST_ERR_CTP_")) {
    return new ApiError(400, "Invalid payload provided. body: Expected application/json, received something else");
  }
  return new ApiError(500, error instanceof Error ? error.message : "Internal server error");
}
