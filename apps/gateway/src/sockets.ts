import websocket from "@fastify/websocket";
import { ApiError } from "@reelwire/core";
import type { Access, Caller } from "@reelwire/engine";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { GraphQLError } from "graphql";
import { type ExecutionResult, handleProtocols, makeServer } from "graphql-ws";
import type { WebSocket } from "ws";
import { credentialOfParameters } from "./credential.ts";
import type { ContextFor } from "./graphql/context.ts";
import { formatGraphqlError } from "./graphql/format-error.ts";
import { prepareOperation, toGraphqlError } from "./graphql/prepare-operation.ts";
import { isRenewal } from "./graphql/renew-access.ts";
import type { RequestRates } from "./request-rates.ts";
import { holdCaller, type SocketCaller } from "./socket-caller.ts";
import { boundedSender, boundFirstBytes, closeReason, closeSocket, startKeepAlive } from "./socket-life.ts";
import { SOCKET_CLOSE_CODES, type SocketLimits } from "./socket-limits.ts";

/** What a socket's operations are served with. */
export interface SocketsOptions {
  access: () => Pick<Access, "authenticate" | "watch">;
  contextFor: ContextFor;
  rates: RequestRates;
  limits: SocketLimits;
}

/** One websocket, as the protocol's callbacks get it. */
interface OpenSocket {
  socket: WebSocket;
  request: FastifyRequest;
  /** Who uses it, once it is acknowledged. */
  caller: SocketCaller | null;
  /** Ends what holds for a socket of which it is not known whose it is. */
  known(): void;
}

/**
 * Prepares an app for websockets and returns the handler for a route: GraphQL by the protocol graphql-transport-ws. Not
 * graphql-ws's own handler for Fastify: that one writes to the console, and lets a client's unread messages grow.
 *
 * Who uses a socket is asked once, with `connection_init`, and watched over as long as it is open: when their rights end, it is
 * closed with a code that says why.
 *
 * Until then it may send little, and there may be so many of them.
 *
 * Errors end their operation, never the socket. When the app closes, all sockets are closed with 1001 first.
 */
export async function registerSockets(app: FastifyInstance, options: SocketsOptions) {
  const { access, contextFor, rates, limits } = options;
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
  const unknown = new Set<WebSocket>();
  // Right before the upgrade, so that nothing comes between.
  app.addHook("preHandler", async (request, reply) => {
    if (!request.ws || unknown.size < limits.maxUnacknowledged) return;
    reply.header("connection", "close");
    throw new ApiError("UNAVAILABLE");
  });

  const scopeOf = (request: FastifyRequest) => ({ requestId: request.id, log: request.log });
  const protocol = makeServer<Record<string, unknown> | undefined, OpenSocket>({
    connectionInitWaitTimeout: limits.initWithinMs,
    onConnect: async ({ connectionParams, extra }) => {
      const { socket } = extra;
      const caller = await access().authenticate(credentialOfParameters(connectionParams));
      // It has gone meanwhile, and nobody would release its caller.
      if (socket.readyState !== socket.OPEN) return false;
      extra.known();
      const { EXPIRED, REVOKED } = SOCKET_CLOSE_CODES;
      extra.caller = holdCaller(caller, access(), (why) => {
        closeSocket(socket, why === "expired" ? EXPIRED : REVOKED, limits);
      });
      return acknowledgement(caller);
    },
    onSubscribe: async ({ subscriptions, extra: { caller } }, _id, payload) => {
      if (caller === null) throw new Error("An operation of nobody.");
      if (Object.keys(subscriptions).length > limits.maxOperations) {
        const message = `At most ${limits.maxOperations} operations at the same time on one socket.`;
        return [toGraphqlError(ApiError.badInput([{ path: [], message }]))];
      }
      try {
        // Who asks too much would lose the socket, and come again with all that was on it.
        if (!isRenewal(payload)) await rates.admit(caller.current);
      } catch (error) {
        if (error instanceof ApiError) return [toGraphqlError(error)];
        throw error;
      }
      return prepareOperation(payload, contextFor(caller.current, caller.renew));
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
    unknown.add(socket);
    const stopCounting = boundFirstBytes(socket, request.raw.socket, limits);
    const known = () => {
      unknown.delete(socket);
      stopCounting();
    };
    const open: OpenSocket = { socket, request, caller: null, known };
    const closed = protocol.opened(
      {
        protocol: socket.protocol,
        send: boundedSender(socket, limits),
        close: (code = 1000, reason = "") => closeSocket(socket, { code, reason }, limits),
        onMessage: (receive) =>
          socket.on("message", (data) => {
            // What comes after we have said goodbye may be from somebody whose rights have ended.
            if (socket.readyState !== socket.OPEN) return;
            receive(String(data)).catch((error: unknown) => closeSocket(socket, closeFor(error, request), limits));
          }),
      },
      open,
    );
    socket.once("close", (code, reason) => {
      known();
      open.caller?.release();
      closed(code, String(reason)).catch((error: unknown) => {
        request.log.error({ err: error }, "a websocket's operations could not be ended");
      });
    });
  };
}

/** What `connection_ack` tells, so that a client can renew in time. */
function acknowledgement({ expiresAt }: Caller): { expiresAt: string | null } {
  return { expiresAt: expiresAt?.toISOString() ?? null };
}

/** How a socket is closed on which a message could not be handled: only `connection_init` is refused by an `ApiError`. */
function closeFor(error: unknown, { log }: FastifyRequest): { code: number; reason: string } {
  if (error instanceof ApiError && error.code === "UNAUTHENTICATED") {
    return { ...SOCKET_CLOSE_CODES.UNAUTHENTICATED, reason: closeReason(error.message) };
  }
  if (error instanceof ApiError && error.code === "UNAVAILABLE") {
    if (error.cause !== undefined) log.warn({ err: error }, error.message);
    return SOCKET_CLOSE_CODES.UNAVAILABLE;
  }
  log.error({ err: error }, "a websocket message could not be handled");
  return SOCKET_CLOSE_CODES.INTERNAL;
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
