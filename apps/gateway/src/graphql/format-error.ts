import {
  API_ERROR_CODES,
  ApiError,
  type ApiErrorCode,
  type ErrorDetails,
  type ExceededBudget,
  type InputIssue,
} from "@reelwire/core";
import type { Logger } from "@reelwire/engine";
import { GraphQLError, type GraphQLFormattedError, Kind } from "graphql";
import { withoutSecrets } from "../without-secrets.ts";

/** The codes that GraphQL itself has, as its servers usually name them; each with its meaning. Ours are in `API_ERROR_CODES`. */
export const GRAPHQL_ERROR_CODES = {
  GRAPHQL_PARSE_FAILED: "The document is not GraphQL.",
  GRAPHQL_VALIDATION_FAILED:
    "The document does not fit the schema: an unknown field, a missing argument, a wrong literal.",
  BAD_USER_INPUT: "A variable does not have the type that the operation declares for it.",
  OPERATION_RESOLUTION_FAILURE: "The document has no operation of this name, or several and none was named.",
  BAD_REQUEST: "The HTTP request or websocket message is not a GraphQL request, or one that is not served that way.",
} as const;
export type GraphqlErrorCode = keyof typeof GRAPHQL_ERROR_CODES;

/** Where an error happened: what it is logged by, and found again in the log. */
export interface ErrorScope {
  requestId: string;
  log: Logger;
}

/** What a caller is told of an error. */
export interface DescribedError {
  message: string;
  extensions: {
    code: ApiErrorCode | GraphqlErrorCode;
    /** With `BAD_INPUT`. */
    issues?: readonly InputIssue[];
    /** With `RATE_LIMITED`. */
    retryAfterSeconds?: number;
    /** With `BUDGET_EXCEEDED`. */
    budget?: Omit<ExceededBudget, "renewsAt"> & { renewsAt: string };
    /** With `INTERNAL`. */
    requestId?: string;
  };
}

/** Enough for all problems of one input. */
const MAX_MESSAGE_CHARACTERS = 4_000;

/**
 * The one place where it is decided what a caller is told of an error: over HTTP and websockets, in answers and in
 * streams. An `ApiError` is told as it is. Everything else is logged, and told as `INTERNAL` with the request's id.
 */
export function describeError(error: unknown, { requestId, log }: ErrorScope): DescribedError {
  if (error instanceof ApiError) {
    // Whoever is not known could fill the log.
    const level = error.code === "UNAUTHENTICATED" ? "debug" : "warn";
    if (error.cause !== undefined) log[level]({ err: error, requestId }, error.message);
    const { code, details } = error;
    const issues = error.issues.map((issue) => ({ ...issue, message: tellable(issue.message) }));
    return {
      message: tellable(error.message),
      extensions: { code, ...(issues.length > 0 ? { issues } : {}), ...detailsAsJson(details) },
    };
  }
  log.error({ err: error, requestId }, "unexpected error");
  return { message: API_ERROR_CODES.INTERNAL, extensions: { code: "INTERNAL", requestId } };
}

/** `describeError` for what a GraphQL operation ends or answers with. GraphQL's own errors keep their codes. */
export function formatGraphqlError(error: unknown, scope: ErrorScope): GraphQLFormattedError {
  const graphqlError = error instanceof GraphQLError ? error : null;
  const { locations, path } = graphqlError?.toJSON() ?? {};
  const code = graphqlError === null ? null : graphqlCode(graphqlError);
  const described =
    graphqlError !== null && code !== null
      ? { message: tellable(graphqlError.message), extensions: { code } }
      : describeError(causeOf(error), scope);
  return {
    message: described.message,
    ...(locations === undefined ? {} : { locations }),
    ...(path === undefined ? {} : { path }),
    extensions: { ...described.extensions },
  };
}

function detailsAsJson({
  retryAfterSeconds,
  budget,
}: ErrorDetails): Pick<DescribedError["extensions"], "retryAfterSeconds" | "budget"> {
  return {
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    ...(budget === undefined ? {} : { budget: { ...budget, renewsAt: budget.renewsAt.toISOString() } }),
  };
}

function causeOf(error: unknown): unknown {
  return error instanceof GraphQLError && error.originalError !== undefined ? causeOf(error.originalError) : error;
}

/** The code of an error that GraphQL itself made; `null` when a resolver threw it, or something in the server is wrong. */
function graphqlCode(error: GraphQLError): GraphqlErrorCode | null {
  const cause = causeOf(error);
  if (!(cause instanceof GraphQLError)) return null;
  const { code } = error.extensions;
  if (typeof code === "string" && code in GRAPHQL_ERROR_CODES) return code as GraphqlErrorCode;
  // What names the value it could not use is about the request. What names a field is about what a resolver answered.
  const nodes = error.nodes ?? [];
  return nodes.length > 0 && nodes.every(({ kind }) => kind !== Kind.FIELD) ? "BAD_USER_INPUT" : null;
}

function tellable(message: string): string {
  const cleaned = withoutSecrets(message);
  return cleaned.length > MAX_MESSAGE_CHARACTERS ? `${cleaned.slice(0, MAX_MESSAGE_CHARACTERS)}…` : cleaned;
}
