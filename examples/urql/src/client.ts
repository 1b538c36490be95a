import { createClient } from "graphql-ws";
import { Client, cacheExchange, fetchExchange, subscriptionExchange } from "urql";

const url = import.meta.env.VITE_REELWIRE_URL ?? "http://127.0.0.1:4000/graphql";
const socket = createClient({ url: url.replace(/^http/, "ws") });

/** Queries and mutations go over HTTP, subscriptions over a websocket at the same address. */
export const client = new Client({
  url,
  exchanges: [
    cacheExchange,
    fetchExchange,
    subscriptionExchange({
      forwardSubscription: ({ query = "", variables }) => ({
        subscribe: (sink) => ({ unsubscribe: socket.subscribe({ query, variables }, sink) }),
      }),
    }),
  ],
});
