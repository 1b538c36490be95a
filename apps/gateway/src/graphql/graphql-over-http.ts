import { AsyncLocalStorage } from "node:async_hooks";
import { ApolloServer, type ApolloServerPlugin } from "@apollo/server";
import {
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from "@apollo/server/plugin/disabled";
import { ApolloServerPluginLandingPageLocalDefault } from "@apollo/server/plugin/landingPage/default";
import { fastifyApolloHandler } from "@as-integrations/fastify";
import type { FastifyReply, FastifyRequest } from "fastify";
import { GraphQLError, OperationTypeNode } from "graphql";
import { MAX_QUERY_TOKENS } from "./builder.ts";
import type { GraphqlContext } from "./context.ts";
import { type ErrorScope, formatGraphqlError } from "./format-error.ts";
import { schema } from "./schema.ts";

/** Largest body of a request, in bytes: two images of 10 MiB, in base64, and some room. */
export const MAX_REQUEST_BYTES = 32 * 1024 * 1024;

/** How GraphQL is served over HTTP. */
export interface GraphqlOverHttpOptions {
  contextFor: () => GraphqlContext;
  /** In production there is no landing page. Introspection is always on: the schema is what developers come for. */
  production: boolean;
}

/** GraphQL over HTTP: GET for queries, POST for queries and mutations. */
export interface GraphqlOverHttp {
  handle(request: FastifyRequest, reply: FastifyReply): Promise<unknown>;
  stop(): Promise<void>;
}

/** Apollo formats errors without saying whose request they are of. */
const scopes = new AsyncLocalStorage<ErrorScope>();

export async function startGraphqlOverHttp({
  contextFor,
  production,
}: GraphqlOverHttpOptions): Promise<GraphqlOverHttp> {
  const apollo = new ApolloServer<GraphqlContext>({
    schema,
    introspection: true,
    csrfPrevention: true,
    persistedQueries: false,
    includeStacktraceInErrorResponses: false,
    // The process's own signal handling closes it.
    stopOnTerminationSignals: false,
    parseOptions: { maxTokens: MAX_QUERY_TOKENS },
    formatError: (_formatted, error) => {
      const scope = scopes.getStore();
      if (scope === undefined) throw new Error("an error outside of any request");
      return formatGraphqlError(error, scope);
    },
    plugins: [
      refuseSubscriptions,
      ApolloServerPluginUsageReportingDisabled(),
      production ? ApolloServerPluginLandingPageDisabled() : ApolloServerPluginLandingPageLocalDefault(),
    ],
  });
  await apollo.start();
  const handler = fastifyApolloHandler(apollo, { context: async () => contextFor() });
  return {
    handle: (request, reply) =>
      scopes.run({ requestId: request.id, log: request.log }, async () => handler.call(request.server, request, reply)),
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
