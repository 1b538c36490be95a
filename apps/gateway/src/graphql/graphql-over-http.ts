import { AsyncLocalStorage } from "node:async_hooks";
import { ApolloServer, type ApolloServerPlugin } from "@apollo/server";
import {
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from "@apollo/server/plugin/disabled";
import { fastifyApolloHandler } from "@as-integrations/fastify";
import type { Logger } from "@reelwire/engine";
import type { FastifyReply, FastifyRequest } from "fastify";
import { GraphQLError, OperationTypeNode } from "graphql";
import { MAX_QUERY_TOKENS } from "./builder.ts";
import type { GraphqlContext } from "./context.ts";
import { type ErrorScope, formatGraphqlError, type GraphqlErrorCode } from "./format-error.ts";
import { refuseDeepNesting } from "./prepare-operation.ts";
import { schema } from "./schema.ts";

/** Largest body of a request, in bytes: two images of 10 MiB, in base64, and some room. */
export const MAX_REQUEST_BYTES = 32 * 1024 * 1024;

/** How GraphQL is served over HTTP. */
export interface GraphqlOverHttpOptions {
  /** What Apollo itself has to say goes here. */
  log: Logger;
}

/** GraphQL over HTTP: GET for queries, POST for queries and mutations. Subscriptions are served elsewhere. */
export interface GraphqlOverHttp {
  handle(request: FastifyRequest, reply: FastifyReply, context: GraphqlContext): Promise<unknown>;
  stop(): Promise<void>;
}

/** One request on its way through Apollo, which formats errors without saying whose request they are of. */
interface RequestUnderWay {
  scope: ErrorScope;
  context: GraphqlContext;
  /** Whether the document or its variables were refused, so that nothing was executed. */
  documentRefused: boolean;
  /** When to come again, in seconds, where something was too much at once. */
  retryAfterSeconds: number | null;
}

const underWay = new AsyncLocalStorage<RequestUnderWay>();

function requestUnderWay(): RequestUnderWay {
  const request = underWay.getStore();
  if (request === undefined) throw new Error("Outside of any request.");
  return request;
}

const DOCUMENT_REFUSED: readonly unknown[] = [
  "GRAPHQL_PARSE_FAILED",
  "GRAPHQL_VALIDATION_FAILED",
  "BAD_USER_INPUT",
] satisfies GraphqlErrorCode[];

export async function startGraphqlOverHttp({ log }: GraphqlOverHttpOptions): Promise<GraphqlOverHttp> {
  const apollo = new ApolloServer<GraphqlContext>({
    schema,
    logger: {
      debug: (message) => log.debug({}, String(message)),
      info: (message) => log.info({}, String(message)),
      warn: (message) => log.warn({}, String(message)),
      error: (message) => log.error({}, String(message)),
    },
    // The schema is what developers come for.
    introspection: true,
    csrfPrevention: true,
    persistedQueries: false,
    includeStacktraceInErrorResponses: false,
    // The process's own signal handling closes it.
    stopOnTerminationSignals: false,
    parseOptions: { maxTokens: MAX_QUERY_TOKENS },
    formatError: (_formatted, error) => {
      const request = requestUnderWay();
      const formatted = formatGraphqlError(error, request.scope);
      const { code, retryAfterSeconds } = formatted.extensions ?? {};
      request.documentRefused ||= DOCUMENT_REFUSED.includes(code);
      if (typeof retryAfterSeconds === "number") {
        request.retryAfterSeconds = Math.max(request.retryAfterSeconds ?? 0, retryAfterSeconds);
      }
      return formatted;
    },
    plugins: [
      refuseSubscriptions,
      ApolloServerPluginUsageReportingDisabled(),
      // Apollo's page loads scripts from elsewhere, and they would run on the origin that may spend the key.
      ApolloServerPluginLandingPageDisabled(),
    ],
  });
  await apollo.start();
  const handler = fastifyApolloHandler(apollo, { context: async () => requestUnderWay().context });
  async function handle(request: FastifyRequest, reply: FastifyReply, context: GraphqlContext): Promise<unknown> {
    refuseDeepNesting(queryOf(request));
    const scope = { requestId: request.id, log: request.log };
    const state: RequestUnderWay = { scope, context, documentRefused: false, retryAfterSeconds: null };
    const answer: unknown = await underWay.run(state, () => handler.call(request.server, request, reply));
    // The specification wants 200 here, where Apollo says 400 whatever the media type is.
    const isPlainJson = String(reply.getHeader("content-type")).startsWith("application/json");
    if (state.documentRefused && isPlainJson && reply.statusCode === 400) reply.code(200);
    if (state.retryAfterSeconds !== null) reply.header("retry-after", state.retryAfterSeconds);
    return answer;
  }

  return {
    handle,
    stop: () => apollo.stop(),
  };
}

const refuseSubscriptions: ApolloServerPlugin<GraphqlContext> = {
  async requestDidStart() {
    return {
      async didResolveOperation({ operation }) {
        if (operation?.operation !== OperationTypeNode.SUBSCRIPTION) return;
        throw new GraphQLError(
          "Subscriptions are served over a websocket at this same address (subprotocol graphql-transport-ws), and as server-sent events at /graphql/stream.",
          { extensions: { code: "BAD_REQUEST", http: { status: 400 } } },
        );
      },
    };
  },
};

/** The document of a request, wherever it stands; empty where Apollo will find none either. */
function queryOf({ body, query }: FastifyRequest): string {
  for (const source of [body, query]) {
    if (typeof source === "object" && source !== null && "query" in source && typeof source.query === "string") {
      return source.query;
    }
  }
  return "";
}
