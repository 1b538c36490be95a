import { createClient } from "graphql-sse";
import { abortable } from "./abortable.ts";
import { type AnsweredError, errorFromAnswer, networkError, type ReelwireError } from "./reelwire-error.ts";
import type { Sender } from "./send.ts";
import type { Subscriber, Subscription } from "./subscription.ts";

/** What an event stream is opened with. */
export interface EventStreamOptions extends Pick<Sender, "fetch"> {
  /** Of the GraphQL API. */
  url: string;
  /** How long to wait for the first sign of life, in milliseconds. */
  keepAliveMs: number;
}

/** What is answered where there are no event streams. */
const NO_STREAMS: readonly number[] = [404, 405, 406, 415];

/** The gateway writes something every 12 seconds. */
const MAX_SILENCE_MS = 30_000;

/**
 * One stream of server-sent events. Resolves as `Subscribe` does, and with `null` where it does not get through: refused by
 * something that is no gateway, or held back on the way. Something in between may wait for the end of an answer before it passes it on.
 */
export function openEventStream<TResult>(
  { fetch, url, keepAliveMs }: EventStreamOptions,
  subscription: Subscription,
  { next, begun }: Subscriber<TResult>,
  token: string | undefined,
  signal: AbortSignal,
): Promise<boolean | null> {
  return abortable<boolean | null>(signal, (resolve, reject) => {
    let isBegun = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const broken = (error?: unknown) => (isBegun ? reject(networkError(error)) : resolve(null));
    const unlessHeard = (ms: number) => {
      clearTimeout(timer);
      timer = setTimeout(broken, ms);
    };
    function heard() {
      unlessHeard(MAX_SILENCE_MS);
      if (isBegun) return;
      isBegun = true;
      begun?.();
    }
    async function fetchStream(input: string, init: RequestInit): Promise<Response> {
      // A token is for this address, wherever that redirects to.
      const response = await fetch(input, { ...init, redirect: token ? "manual" : "follow" });
      const { body, headers, ok, status } = response;
      if (!ok) {
        const error = await answeredError(response);
        if (error !== null && !NO_STREAMS.includes(status)) reject(error);
      }
      if (!ok || !body || !headers.get("content-type")?.startsWith("text/event-stream")) throw new Error("No stream.");
      const watched = new TransformStream<Uint8Array, Uint8Array>({
        transform(chunk, controller) {
          heard();
          controller.enqueue(chunk);
        },
        // graphql-sse may miss an end that comes with the last event.
        flush: () => void setTimeout(broken),
      });
      return new Response(body.pipeThrough(watched), response);
    }

    unlessHeard(keepAliveMs);
    const address = new URL(url);
    address.pathname += "/stream";
    const client = createClient({
      url: address.href,
      headers: token ? { authorization: `Bearer ${token}` } : {},
      fetchFn: fetchStream,
      retryAttempts: 0,
    });
    const stop = client.subscribe<TResult>(subscription, {
      next({ data, errors }) {
        if (errors?.length || !data) return reject(errorFromAnswer(errors ?? []));
        if (next(data)) resolve(true);
      },
      error: broken,
      complete: () => resolve(false),
    });
    return () => {
      clearTimeout(timer);
      stop();
    };
  });
}

/** The error that the gateway answers with in place of a stream, if it is the gateway that answers. */
async function answeredError(response: Response): Promise<ReelwireError | null> {
  try {
    const { errors }: { errors?: readonly AnsweredError[] } = JSON.parse(await response.text());
    return errors?.[0]?.extensions?.code === undefined ? null : errorFromAnswer(errors);
  } catch {
    return null;
  }
}
