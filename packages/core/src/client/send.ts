import { readAnswered } from "./read-answer.ts";
import { networkError } from "./reelwire-error.ts";
import type { Tokens } from "./token.ts";

/** What every call takes. */
export interface CallOptions {
  /** Ends it early: the call then rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
}

/** What is sent to the gateway, and where. */
export interface Sent {
  url: string;
  /** The media type of the body. */
  type: string;
  body: string | Blob;
}

/** What requests are sent with. */
export interface Sender {
  fetch: typeof globalThis.fetch;
  /** From sending to the end of the answer, in milliseconds. */
  timeoutMs: number;
  tokens: () => Promise<Tokens>;
}

/**
 * Sends something to the gateway, once, and reads its answer. What was refused for its token was not carried out: it is sent
 * once again where another token can be had.
 *
 * @param read takes from the answer what was asked for, if it is there
 */
export async function send<TAnswer, TResult>(
  { fetch, timeoutMs, tokens }: Sender,
  { url, type, body }: Sent,
  read: (answer: TAnswer) => TResult | null | undefined,
  { signal }: CallOptions = {},
): Promise<TResult> {
  return (await tokens()).use(async (token) => {
    const timeout = AbortSignal.timeout(timeoutMs);
    let status: number;
    let answer: string;
    try {
      const response = await fetch(url, {
        method: "POST",
        headers: {
          "content-type": type,
          accept: "application/json",
          ...(token && { authorization: `Bearer ${token}` }),
        },
        // A token is for this address, wherever that redirects to.
        redirect: token ? "manual" : "follow",
        body,
        signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      });
      status = response.status;
      answer = await response.text();
    } catch (error) {
      signal?.throwIfAborted();
      throw networkError(error);
    }
    return readAnswered({ status, body: answer, at: `at ${url}` }, read);
  }, signal);
}
