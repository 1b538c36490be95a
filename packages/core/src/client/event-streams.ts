import { abortable } from "./abortable.ts";
import { untilRenewal } from "./asked-tokens.ts";
import { type EventStreamOptions, openEventStream } from "./event-stream.ts";
import { networkError, ReelwireError } from "./reelwire-error.ts";
import { type Backoff, backoffMs } from "./retry.ts";
import type { Subscriber, Subscription } from "./subscription.ts";
import type { Tokens } from "./token.ts";

/** What event streams are opened with. */
export interface EventStreamsOptions extends EventStreamOptions, Backoff {
  tokens: () => Promise<Tokens>;
}

/**
 * Subscribes by server-sent events. Resolves as `openEventStream` does. A token cannot be exchanged on an open stream: before it
 * ends, a stream with the next one is opened, and only when that has begun this one is left, so that nothing is missed between.
 */
export async function subscribeByEvents<TResult>(
  options: EventStreamsOptions,
  subscription: Subscription,
  { next, begun }: Subscriber<TResult>,
  signal: AbortSignal,
): Promise<boolean | null> {
  const { use } = await options.tokens();
  return abortable<boolean | null>(signal, (resolve, reject) => {
    const all = new AbortController();
    /** By which the stream is left that has begun last. */
    let current: AbortController | null = null;
    let failures = 0;
    let refused = false;
    let timer: ReturnType<typeof setTimeout> | undefined;

    async function open(): Promise<void> {
      const own = new AbortController();
      let drop: (() => void) | undefined;
      try {
        const held = await use(async (token, drop) => ({ token, drop }), all.signal);
        drop = held.drop;
        const subscriber = {
          next,
          begun() {
            if (current === null) begun?.();
            else current.abort();
            current = own;
            failures = 0;
            replaceInTime(held.token, drop);
          },
        };
        const ended = AbortSignal.any([all.signal, own.signal]);
        const over = await openEventStream(options, subscription, subscriber, held.token, ended);
        if (over === null && current !== null) throw networkError(undefined);
        resolve(over);
      } catch (error) {
        if (!own.signal.aborted && !all.signal.aborted) failed(error, own, drop);
      }
    }
    function replaceInTime(token: string | undefined, drop: (() => void) | undefined) {
      const ms = untilRenewal(expiryOf(token), Date.now(), Math.random());
      if (drop === undefined || ms === null) return;
      timer = setTimeout(() => {
        drop();
        open();
      }, ms);
    }
    function failed(error: unknown, own: AbortController, drop: (() => void) | undefined) {
      const { code, retryable } = error instanceof ReelwireError ? error : { code: null, retryable: false };
      const ofToken = code === "UNAUTHENTICATED" && drop !== undefined;
      if (ofToken) drop();
      // Its token has ended: it is begun again with another.
      if (current === own && ofToken) resolve(false);
      // The stream before is good until its token ends.
      else if (current !== null && current !== own && (retryable || ofToken)) {
        timer = setTimeout(open, backoffMs(options, failures++));
      } else if (current === null && ofToken && !refused) {
        refused = true;
        open();
      } else reject(error);
    }

    open();
    return () => {
      clearTimeout(timer);
      all.abort();
    };
  });
}

/** When a token ends, where it is a JWT that says so. */
function expiryOf(token: string | undefined): string | null {
  try {
    const claims = token?.split(".")[1]?.replaceAll("-", "+").replaceAll("_", "/");
    return new Date(JSON.parse(atob(claims ?? "")).exp * 1000).toISOString();
  } catch {
    return null;
  }
}
