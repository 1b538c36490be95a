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
  contextFor: () => GraphqlContext;
  /** What Apollo itself has to say goes here. */
  log: Logger;
}

/** GraphQL over HTTP: GET for queries, POST for queries and mutations. */
export interface GraphqlOverHttp {
  handle(request: FastifyRequest, reply: FastifyReply): Promise<unknown>;
  stop(): Promise<void>;
}

/** One request on its way through Apollo, which formats errors without saying whose request they are of. */
interface RequestUnderWay {
  scope: ErrorScope;
  /** Whether the document or its variables were refused, so that nothing was executed. */
  documentRefused: boolean;
}

const underWay = new AsyncLocalStorage<RequestUnderWay>();

const DOCUMENT_REFUSED: readonly unknown[] = [
  "GRAPHQL_PARSE_FAILED",
  "GRAPHQL_VALIDATION_FAILED",
  "BAD_USER_INPUT",
] satisfies GraphqlErrorCode[];

export async function startGraphqlOverHttp({ contextFor, log }: GraphqlOverHttpOptions): Promise<GraphqlOverHttp> {
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
      const request = underWay.getStore();
      if (request === undefined) throw new Error("An error outside of any request.");
      const formatted = formatGraphqlError(error, request.scope);
      const { code } = formatted.extensions ?? {};
      request.documentRefused ||= DOCUMENT_REFUSED.includes(code);
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
  const handler = fastifyApolloHandler(apollo, { context: async () => contextFor() });
  async function handle(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    refuseDeepNesting(queryOf(request));
    const state: RequestUnderWay = { scope: { requestId: request.id, log: request.log }, documentRefused: false };
    const answer: unknown = await underWay.run(state, () => handler.call(request.server, request, reply));
    // The specification wants 200 here, where Apollo says 400 whatever the media type is.
    const isPlainJson = String(reply.getHeader("content-type")).startsWith("application/json");
    if (state.documentRefused && isPlainJson && reply.statusCode === 400) reply.code(200);
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
          "Subscriptions are served over a websocket at this same address (subprotocol graphql-transport-ws).",
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
