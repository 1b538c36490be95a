import { unlessAborted, wait } from "./abortable.ts";
import { type RenewAccessMutation, renewAccessDocument } from "./generated/operations.ts";
import { ReelwireError } from "./reelwire-error.ts";
import { backoffMs } from "./retry.ts";
import { type AskingOptions, checkedToken, type OpenSocket, type TokenSource, type Tokens } from "./token.ts";

/** One token: given, or still being asked for. Whoever was handed the same promise shares the answer. */
type GivenToken = Promise<string>;

/** Tokens that a function is asked for, each used until shortly before its end. */
export function createAskedTokens(
  source: Exclude<TokenSource, string>,
  { timeoutMs, ...backoff }: AskingOptions,
): Tokens {
  const { get, useUntil } = holdToken(source, timeoutMs);
  /** What the gateway was sent last over the websocket. */
  let sent: GivenToken;
  /** Whether the gateway refused a token, and is yet to be tried with another. */
  let refused = false;

  /** Renews ahead of each end, until the connection is lost or has no end. What fails is tried again until then. */
  async function keepRenewed(socket: OpenSocket, expires: unknown): Promise<void> {
    let expiresAt = expires;
    for (let failures = 0; ; ) {
      socket.lost.throwIfAborted();
      const now = Date.now();
      const waitMs = failures === 0 ? untilRenewal(expiresAt, now, Math.random()) : backoffMs(backoff, failures - 1);
      if (waitMs === null) return;
      useUntil(sent, now + waitMs);
      await wait(waitMs, socket.lost);
      try {
        useUntil(sent);
        sent = get();
        expiresAt = await renew(socket, await sent);
        failures = 0;
      } catch (error) {
        if (error instanceof ReelwireError && error.code === "TOKEN_UNAVAILABLE" && !error.retryable) {
          return socket.end(error);
        }
        // The token before is good until the connection is lost.
        failures++;
      }
    }
  }

  return {
    async use(call, signal) {
      for (let again = false; ; again = true) {
        signal?.throwIfAborted();
        const given = get();
        const token = await unlessAborted(given, signal);
        try {
          return await call(token, () => useUntil(given));
        } catch (error) {
          if (!(error instanceof ReelwireError && error.code === "UNAUTHENTICATED")) throw error;
          useUntil(given);
          if (again) throw error;
        }
      }
    },
    forSocket() {
      sent = get();
      return sent;
    },
    opened(socket, expiresAt) {
      refused = false;
      keepRenewed(socket, expiresAt).catch(() => {});
    },
    refused() {
      useUntil(sent);
      refused = !refused;
      return refused;
    },
  };
}

/** Asks for a token where none is at hand, and holds it until it is not to be used any more. */
export function holdToken(source: Exclude<TokenSource, string>, timeoutMs: number) {
  let held: GivenToken;
  let until = 0;

  async function ask(): GivenToken {
    let retryable = false;
    let cause: unknown;
    try {
      const given = await unlessAborted((async () => source())(), AbortSignal.timeout(timeoutMs));
      if (given !== null) return checkedToken(given);
    } catch (error) {
      retryable = !(error instanceof ReelwireError) || error.retryable;
      cause = error;
    }
    const message = "There is no token to send: the client's `token` function gave none.";
    throw new ReelwireError({ code: "TOKEN_UNAVAILABLE", message, retryable, cause });
  }
  /** It is not to be used from this time on, in milliseconds since 1970; not at all any more when that is left out. */
  function useUntil(given: GivenToken, time = 0) {
    if (held === given) until = time;
  }
  /** Rejects with `TOKEN_UNAVAILABLE`, `retryable` unless for good. */
  function get(): GivenToken {
    if (Date.now() >= until) {
      const asked = ask();
      asked.catch(() => useUntil(asked));
      held = asked;
      until = Number.POSITIVE_INFINITY;
    }
    return held;
  }
  return { get, useUntil };
}

/** Hands a token over on the open websocket, and answers when that one ends. */
async function renew({ subscribe, lost }: OpenSocket, token: string): Promise<string | null> {
  let expiresAt: string | null = null;
  const subscriber = {
    next({ renewAccess }: RenewAccessMutation) {
      expiresAt = renewAccess.expiresAt;
      return true;
    },
  };
  await subscribe({ query: String(renewAccessDocument), variables: { token } }, subscriber, lost);
  return expiresAt;
}

/**
 * When to renew what ends at a time, in milliseconds from now; `null`: not ahead of it. `random` is from 0 to 1, so that
 * clients are not in step.
 */
export function untilRenewal(expiresAt: unknown, now: number, random: number): number | null {
  const leftMs = Date.parse(String(expiresAt)) - now;
  // What is in use and has ended says that this clock is wrong: only the gateway can tell when it ends. Nor is there a timer
  // for more than 24 days.
  if (!(leftMs > 0 && leftMs < 2 ** 31)) return null;
  // That leaves time for some tries.
  return leftMs - Math.min(leftMs / 5, 30_000) * (1 + random / 2);
}
