import { ApiError, type ApiErrorCode } from "@reelwire/core";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { type DescribedError, describeError } from "./graphql/format-error.ts";

const STATUS: Record<ApiErrorCode, number> = {
  BAD_INPUT: 400,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  IDEMPOTENCY_CONFLICT: 409,
  EXTERNAL_ID_TAKEN: 409,
  VIDEO_ALREADY_FINISHED: 409,
  PRICE_TOO_HIGH: 409,
  PRICE_UNKNOWN: 503,
  BUDGET_EXCEEDED: 402,
  RATE_LIMITED: 429,
  FILE_UNAVAILABLE: 503,
  IMAGE_INVALID: 400,
  IMAGE_TOO_LARGE: 413,
  TOO_MANY_UPLOADS: 409,
  TOO_MANY_WEBHOOKS: 409,
  HOST_NOT_ALLOWED: 403,
  ORIGIN_NOT_ALLOWED: 403,
  UNAVAILABLE: 503,
  INTERNAL: 500,
};

type RefusedStatus = 400 | 405 | 406 | 408 | 415 | 426;

/** An HTTP request that is not taken as it is, whatever it asks for. */
export class RefusedRequest extends Error {
  override readonly name = "RefusedRequest";
  readonly statusCode: RefusedStatus;

  constructor(statusCode: RefusedStatus) {
    super(messageFor(statusCode));
    this.statusCode = statusCode;
  }
}

/** Has every route answer its errors as GraphQL does, in JSON: `{ errors: [{ message, extensions: { code } }] }`. */
export function registerErrors(app: FastifyInstance): void {
  app.setErrorHandler((error, request, reply) => answerError(error, request, reply));
  app.setNotFoundHandler((request, reply) =>
    answerError(new ApiError("NOT_FOUND", `There is nothing at ${request.url.split("?", 1)[0]}.`), request, reply),
  );
}

function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply) {
  const status = error instanceof ApiError ? STATUS[error.code] : refusedByServer(error);
  const described: DescribedError =
    status !== null && !(error instanceof ApiError)
      ? { message: messageFor(status), extensions: { code: "BAD_REQUEST" } }
      : describeError(error, { requestId: request.id, log: request.log });
  const retryAfterSeconds = described.extensions.retryAfterSeconds ?? (status === 503 ? 5 : null);
  if (retryAfterSeconds !== null) reply.header("retry-after", retryAfterSeconds);
  if (status === 401) reply.header("www-authenticate", challenge(request));
  if (status === 426) reply.header("upgrade", "websocket");
  return reply
    .code(status ?? 500)
    .type("application/json; charset=utf-8")
    .send({ errors: [described] });
}

/** RFC 6750, 3: what is wrong is told only to those who sent a credential. */
function challenge({ headers }: FastifyRequest): string {
  return headers.authorization === undefined ? "Bearer" : 'Bearer error="invalid_token"';
}

/** The status of a request that the HTTP server did not take; `null` when something of ours went wrong. */
function refusedByServer(error: unknown): number | null {
  if (!(error instanceof Error) || !("statusCode" in error) || typeof error.statusCode !== "number") return null;
  return error.statusCode >= 400 && error.statusCode < 500 ? error.statusCode : null;
}

function messageFor(status: number): string {
  switch (status) {
    case 405:
      return "Event streams are had by GET or POST, each with one subscription: graphql-sse's distinct connections mode.";
    case 406:
      return "What is here is text/event-stream: say in `Accept` that you take it.";
    case 408:
      return "The request's body did not arrive in time. In place of a large image give an http(s) address, or upload a smaller one.";
    case 413:
      return "The request is too large: at most 32 MiB for POST /graphql, and less elsewhere. In place of a large image give an http(s) address.";
    case 415:
      return "Send GraphQL requests as application/json.";
    case 426:
      return "What is served by an upgrade is GraphQL over a websocket: GET /graphql with `Upgrade: websocket`, and no body.";
    default:
      return "The request is not valid HTTP, its body is not the JSON that it says it is, or it is no GraphQL request.";
  }
}
