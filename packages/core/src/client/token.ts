import { ReelwireError } from "./reelwire-error.ts";
import { unlessAborted } from "./retry.ts";

/** An API key or access token, or what gives one: `null` where there will be none any more. */
export type TokenSource = string | (() => string | null | Promise<string | null>);

/** One token, or none: given, or still being asked for. Whoever was handed the same promise shares the answer. */
export type GivenToken = Promise<string | undefined>;

/** Where the client has its token from. */
export interface Tokens {
  /** Whether another can be had. */
  readonly renewable: boolean;
  /** The token to send now, asked for where none is at hand. Rejects with `TOKEN_UNAVAILABLE`, `retryable` unless for good. */
  get(): GivenToken;
  /** It is not to be used from this time on, in milliseconds since 1970; not at all any more when that is left out. */
  useUntil(given: GivenToken, time?: number): void;
}

/**
 * @param timeoutMs how long a function may take to give a token, in milliseconds
 * @throws {TypeError} when the token given cannot be one
 */
export function createTokens(source: TokenSource | undefined, timeoutMs: number): Tokens {
  let held: GivenToken;
  let until = 0;

  async function ask(): GivenToken {
    if (typeof source !== "function") return source;
    let retryable = false;
    let cause: unknown;
    try {
      const given = await unlessAborted((async () => source())(), AbortSignal.timeout(timeoutMs));
      if (given !== null) return checked(given);
    } catch (error) {
      retryable = !(error instanceof ReelwireError) || error.retryable;
      cause = error;
    }
    const message = "There is no token to send: the client's `token` function gave none.";
    throw new ReelwireError({ code: "TOKEN_UNAVAILABLE", message, retryable, cause });
  }
  function useUntil(given: GivenToken, time = 0) {
    if (held === given) until = time;
  }

  if (typeof source === "string") checked(source);
  return {
    renewable: typeof source === "function",
    get() {
      if (Date.now() >= until) {
        const asked = ask();
        asked.catch(() => useUntil(asked));
        held = asked;
        until = Number.POSITIVE_INFINITY;
      }
      return held;
    },
    useUntil,
  };
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

/** What cannot stand in a header would be shown by the runtime's own error. */
function checked(token: unknown): string {
  if (typeof token === "string" && /^[!-~]+$/.test(token)) return token;
  throw new TypeError("A token is a text of visible ASCII characters.");
}
