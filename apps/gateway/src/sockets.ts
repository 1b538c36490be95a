import websocket from "@fastify/websocket";
import { ApiError } from "@reelwire/core";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { GraphQLError } from "graphql";
import { type ExecutionResult, handleProtocols, makeServer } from "graphql-ws";
import type { WebSocket } from "ws";
import type { GraphqlContext } from "./graphql/context.ts";
import { formatGraphqlError } from "./graphql/format-error.ts";
import { prepareOperation, toGraphqlError } from "./graphql/prepare-operation.ts";
import { boundedSender, closeSocket, startKeepAlive } from "./socket-life.ts";
import { SOCKET_CLOSE_CODES, type SocketLimits } from "./socket-limits.ts";

/** What a socket's operations are served with. */
export interface SocketsOptions {
  contextFor: () => GraphqlContext;
  limits: SocketLimits;
}

/**
 * Prepares an app for websockets and returns the handler for a route: GraphQL by the protocol graphql-transport-ws. Not
 * graphql-ws's own handler for Fastify: that one writes to the console, and lets a client's unread messages grow.
 *
 * Errors end their operation, never the socket. When the app closes, all sockets are closed with 1001 first.
 */
export async function registerSockets(app: FastifyInstance, { contextFor, limits }: SocketsOptions) {
  await app.register(websocket, {
    options: { maxPayload: limits.maxMessageBytes, handleProtocols },
    errorHandler(error, socket, request) {
      request.log.debug({ err: error }, "websocket error");
      socket.close(SOCKET_CLOSE_CODES.INTERNAL.code, SOCKET_CLOSE_CODES.INTERNAL.reason);
    },
    async preClose() {
      keepAlive.stop();
      await closeAll(clients, limits);
    },
  });
  const { clients } = app.websocketServer;
  const keepAlive = startKeepAlive(clients, limits);

  const scopeOf = (request: FastifyRequest) => ({ requestId: request.id, log: request.log });
  const protocol = makeServer<Record<string, unknown> | undefined, { request: FastifyRequest }>({
    connectionInitWaitTimeout: limits.initWithinMs,
    onSubscribe: ({ subscriptions }, _id, payload) => {
      if (Object.keys(subscriptions).length <= limits.maxOperations) return prepareOperation(payload, contextFor());
      const message = `At most ${limits.maxOperations} operations at the same time on one socket.`;
      return [toGraphqlError(ApiError.badInput([{ path: [], message }]))];
    },
    onOperation: async (_context, _id, _payload, _args, result) => {
      const settled = await result;
      return isRefusal(settled) ? endingWith(settled.errors) : undefined;
    },
    onNext: ({ extra }, _id, _payload, _args, { data, errors, extensions }) => ({
      ...(data === undefined ? {} : { data }),
      ...(errors === undefined
        ? {}
        : { errors: errors.map((error) => formatGraphqlError(error, scopeOf(extra.request))) }),
      ...(extensions === undefined ? {} : { extensions }),
    }),
    onError: ({ extra }, _id, _payload, errors) =>
      errors
        .flatMap((error) => (error.originalError instanceof Refusal ? error.originalError.errors : [error]))
        .map((error) => formatGraphqlError(error, scopeOf(extra.request))),
  });

  return function handleSocket(socket: WebSocket, request: FastifyRequest): void {
    const closed = protocol.opened(
      {
        protocol: socket.protocol,
        send: boundedSender(socket, limits),
        close: (code = 1000, reason = "") => closeSocket(socket, { code, reason }, limits),
        onMessage: (receive) =>
          socket.on("message", (data) => {
            receive(String(data)).catch((error: unknown) => {
              request.log.error({ err: error }, "a websocket message could not be handled");
              closeSocket(socket, SOCKET_CLOSE_CODES.INTERNAL, limits);
            });
          }),
      },
      { request },
    );
    socket.once("close", (code, reason) => {
      closed(code, String(reason)).catch((error: unknown) => {
        request.log.error({ err: error }, "a websocket's operations could not be ended");
      });
    });
  };
}

/** What graphql-js answers when nothing could be executed: bad variables, or a subscription that did not come about. */
function isRefusal(result: object): result is { errors: readonly GraphQLError[] } {
  return !(Symbol.asyncIterator in result) && "errors" in result && !("data" in result);
}

/** Carries errors through `endingWith`. */
class Refusal extends Error {
  readonly errors: readonly GraphQLError[];

  constructor(errors: readonly GraphQLError[]) {
    super("The operation was refused.");
    this.errors = errors;
  }
}

/** A result that makes the protocol send an `error` message, where a plain result with errors would be a `next`. */
function endingWith(errors: readonly GraphQLError[]): AsyncIterable<ExecutionResult> {
  return { [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new Refusal(errors)) }) };
}

async function closeAll(sockets: ReadonlySet<WebSocket>, limits: SocketLimits): Promise<void> {
  await Promise.all(
    [...sockets].map((socket) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      socket.once("close", () => resolve());
      closeSocket(socket, SOCKET_CLOSE_CODES.GOING_AWAY, limits);
      return promise;
    }),
  );
}
