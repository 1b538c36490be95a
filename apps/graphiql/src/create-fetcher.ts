import { createGraphiQLFetcher, type Fetcher } from "@graphiql/toolkit";

export interface FetcherOptions {
  endpoint: URL;
  /** An API key or access token; empty: none. */
  credential: string;
  /** Told the id of each video that was made. */
  onVideo: (id: string) => void;
}

/**
 * How GraphiQL asks: over HTTP, and for subscriptions over a websocket of its own each, which is opened with what the credential and the
 * header editor say by then. `Authorization` in the header editor counts more.
 */
export function createFetcher({ endpoint, credential, onVideo }: FetcherOptions): Fetcher {
  const authorization: Record<string, string> = credential === "" ? {} : { authorization: `Bearer ${credential}` };
  const fetcher = createGraphiQLFetcher({
    url: endpoint.href,
    subscriptionUrl: endpoint.href.replace(/^http/, "ws"),
    enableIncrementalDelivery: false,
  });
  return async (parameters, options) => {
    // By one name for both: a websocket's parameters know no upper case.
    const headers = { ...authorization, ...inLowerCase(options?.headers) };
    const answer = await fetcher(parameters, { ...options, headers });
    if ("data" in answer) tellOfVideo(answer.data, onVideo);
    return answer;
  };
}

function inLowerCase(headers: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

/** What answers to the example for making a video look like. */
interface MadeVideo {
  createVideo?: { video?: { id?: string } } | null;
}

function tellOfVideo(data: MadeVideo | null | undefined, onVideo: (id: string) => void): void {
  const id = data?.createVideo?.video?.id;
  if (id !== undefined) onVideo(id);
}
