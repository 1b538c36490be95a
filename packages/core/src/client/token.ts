import type { ReelwireError } from "./reelwire-error.ts";
import type { Backoff } from "./retry.ts";
import type { Subscribe } from "./subscription.ts";

/** An API key or access token, or what gives one: `null` where there will be none any more. */
export type TokenSource = string | (() => string | null | Promise<string | null>);

/** How a function is asked for tokens. */
export interface AskingOptions extends Backoff {
  /** How long it may take to give one, in milliseconds. */
  timeoutMs: number;
}

/** A websocket that is open. */
export interface OpenSocket {
  /** An operation of its own: it does not keep the websocket open. */
  subscribe: Subscribe;
  /** Closes it, and ends all subscriptions with an error. */
  end(error: ReelwireError): void;
  /** Aborts when it is closed. */
  lost: AbortSignal;
}

/** Where the client has its token from. */
export interface Tokens {
  /**
   * Calls with the token to send; once more with another, where that was refused and another can be had: then it is also
   * given by what to `drop` this one. Rejects with `TOKEN_UNAVAILABLE` where there is none, `retryable` unless for good.
   */
  use<T>(call: (token: string | undefined, drop?: () => void) => Promise<T>, signal?: AbortSignal): Promise<T>;
  /** The token for a websocket that is about to be opened. Rejects as `use` does. */
  forSocket(): Promise<string | undefined>;
  /** That websocket is open, and its token ends then, as the gateway says. */
  opened(socket: OpenSocket, expiresAt: unknown): void;
  /** Its token was refused, or ended. Answers whether another can be tried. */
  refused(): boolean;
}

/** What cannot stand in a header would be shown by the runtime's own error. */
export function checkedToken(token: unknown): string {
  if (typeof token === "string" && /^[!-~]+$/.test(token)) return token;
  throw new TypeError("A token is a text of visible ASCII characters.");
}
