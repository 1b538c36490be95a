import { ApolloClient, ApolloLink, HttpLink, InMemoryCache } from "@apollo/client";
import { GraphQLWsLink } from "@apollo/client/link/subscriptions";
import { OperationTypeNode } from "graphql";
import { createClient } from "graphql-ws";

const url = import.meta.env.VITE_REELWIRE_URL ?? "http://127.0.0.1:4000/graphql";

/** Queries and mutations go over HTTP, subscriptions over a websocket at the same address. */
export const client = new ApolloClient({
  cache: new InMemoryCache(),
  link: ApolloLink.split(
    ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
    new GraphQLWsLink(createClient({ url: url.replace(/^http/, "ws") })),
    new HttpLink({ uri: url }),
  ),
});
