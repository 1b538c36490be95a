import { ApiError } from "@reelwire/core";
import type { Access, Caller } from "@reelwire/engine";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { type ExecutionResult, GraphQLError, getOperationAST, OperationTypeNode, subscribe } from "graphql";
import { createHandler, print } from "graphql-sse";
import { createEventStream, type EventStream } from "./event-stream.ts";
import { createStreamPlaces, type EventStreamLimits } from "./event-stream-limits.ts";
import type { ContextFor } from "./graphql/context.ts";
import { type ErrorScope, formatGraphqlError } from "./graphql/format-error.ts";
import { prepareOperation } from "./graphql/prepare-operation.ts";
import { RefusedRequest } from "./http-error.ts";
import { holdCaller } from "./socket-caller.ts";

/** What event streams are served with. */
export interface EventStreamsOptions {
  access: () => Pick<Access, "authenticate" | "watch">;
  contextFor: ContextFor;
  limits: EventStreamLimits;
}

export const EVENT_STREAM = "/graphql/stream";

const HEADERS = {
  "content-type": "text/event-stream; charset=utf-8",
  // What is between must neither keep it, nor pack it, nor wait until there is more of it.
  "cache-control": "no-store, no-transform",
  "x-accel-buffering": "no",
  // So that it ends with its stream, which is when the gateway stops.
  connection: "close",
};

const ENDED = {
  expired: "The access token has expired: come again with a new one, and resume with afterVersion.",
  revoked: "What this was opened with is no longer valid: come again with a credential that is.",
} as const;

/**
 * Serves subscriptions as server-sent events at `/graphql/stream`, by the protocol of graphql-sse in its distinct connections
 * mode: each stream has one subscription. Who asks is known by then, as for every request, and watched over as long as the stream is
 * open: when their rights end, the last that it tells is `UNAUTHENTICATED`.
 *
 * `complete` is sent only where the subscription has completed. A stream that ends without it, as when the gateway stops or the
 * client is too slow, is to be resumed. Not graphql-sse's own handler for Fastify: that one keeps whatever is not read.
 */
export function registerEventStreams(app: FastifyInstance, { access, contextFor, limits }: EventStreamsOptions): void {
  const takePlace = createStreamPlaces(limits);
  const open = new Set<EventStream>();
  let closing = false;
  // Not waited for: the server waits for its connections itself.
  app.addHook("preClose", async () => {
    closing = true;
    for (const stream of open) stream.end();
  });

  const handle = createHandler<FastifyRequest, EventStream>({
    // No other mode than that of distinct connections.
    authenticate: () => null,
    // Everything is refused by `prepareOperation` that is not valid.
    validate: () => [],
    async onSubscribe({ raw }, params) {
      const operation = prepareOperation(params, contextFor(raw.getDecorator<Caller>("caller")));
      if (Array.isArray(operation)) return once({ errors: operation });
      const { document, operationName } = operation;
      if (getOperationAST(document, operationName)?.operation !== OperationTypeNode.SUBSCRIPTION) {
        return once({ errors: [noSubscription()] });
      }
      const result = await subscribe(operation);
      return Symbol.asyncIterator in result ? tellingItsFailure(result) : once(result);
    },
    async onNext(_context, { raw, context: stream }, result) {
      await stream.turn();
      if (result.errors === undefined) return;
      return { ...result, errors: result.errors.map((error) => toldError(error, scopeOf(raw))) };
    },
  });

  async function openStream(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    if (!takesEvents(request.headers.accept)) throw new RefusedRequest(406);
    // Who has gone while it was asked who they are: nothing would tell that again, and give a place back.
    if (reply.raw.destroyed) throw new ApiError("UNAVAILABLE");
    const caller = request.getDecorator<Caller>("caller");
    const givePlaceBack = takePlace(caller);
    let release = () => {};
    const stream = createEventStream(reply.raw, limits, () => {
      givePlaceBack();
      open.delete(stream);
      release();
    });
    const [messages, { status }] = await handle({
      method: request.method,
      url: request.url,
      headers: { get: (name) => (name === "accept" ? "text/event-stream" : request.headers[name]?.toString()) },
      body: bodyOf(request),
      raw: request,
      context: stream,
    });
    if (messages === null || typeof messages === "string") throw new RefusedRequest(status === 415 ? 415 : 400);
    if (closing || reply.raw.destroyed) {
      await messages.return();
      throw new ApiError("UNAVAILABLE");
    }
    reply.hijack();
    open.add(stream);
    for (const [name, value = ""] of Object.entries(reply.getHeaders())) reply.raw.setHeader(name, value);
    const sent = stream.send(HEADERS, messages);
    const held = holdCaller(caller, access(), (why) => {
      const error = toldError(new ApiError("UNAUTHENTICATED", ENDED[why]), scopeOf(request));
      stream.end(print<false, "next">({ event: "next", data: { errors: [error] } }));
    });
    release = held.release;
    await sent;
  }

  app.route({
    method: ["GET", "POST"],
    url: EVENT_STREAM,
    bodyLimit: limits.maxRequestBytes,
    exposeHeadRoute: false,
    handler: openStream,
  });
  app.route({
    method: ["PUT", "PATCH", "DELETE"],
    url: EVENT_STREAM,
    handler: async (_request, reply) => {
      reply.header("allow", "GET, POST");
      throw new RefusedRequest(405);
    },
  });
}

function scopeOf({ id, log }: FastifyRequest): ErrorScope {
  return { requestId: id, log };
}

function takesEvents(accept = "*/*"): boolean {
  return /(?:^|[\s,])(?:text\/event-stream|text\/\*|\*\/\*)/i.test(accept);
}

function bodyOf({ body }: FastifyRequest): Record<string, unknown> | null {
  return typeof body === "object" && body !== null ? { ...body } : null;
}

function noSubscription(): GraphQLError {
  return new GraphQLError("Only subscriptions are served as event streams. Send queries and mutations to /graphql.", {
    extensions: { code: "BAD_REQUEST" },
  });
}

/** An error that is written as `formatGraphqlError` gives it. */
function toldError(error: unknown, scope: ErrorScope): GraphQLError {
  const formatted = formatGraphqlError(error, scope);
  const told = new GraphQLError(formatted.message);
  told.toJSON = () => formatted;
  return told;
}

async function* once(result: ExecutionResult): AsyncGenerator<ExecutionResult> {
  yield result;
}

/**
 * The same results; where they fail, that is the last one. Unlike a generator it can be left while it waits, and whatever it
 * stands before, nothing comes after that.
 */
function tellingItsFailure(results: AsyncGenerator<ExecutionResult>): AsyncGenerator<ExecutionResult> {
  let over = false;
  return {
    async next() {
      if (over) return { done: true, value: undefined };
      try {
        return await results.next();
      } catch (error) {
        over = true;
        const originalError = error instanceof Error ? error : new Error(String(error));
        return { done: false, value: { errors: [new GraphQLError("", { originalError })] } };
      }
    },
    return(value) {
      over = true;
      return results.return(value);
    },
    throw: (error) => results.throw(error),
    [Symbol.asyncIterator]() {
      return this;
    },
    async [Symbol.asyncDispose]() {
      await this.return(undefined);
    },
  };
}
