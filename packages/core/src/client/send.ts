import { type AnsweredError, errorFromAnswer, ReelwireError } from "./reelwire-error.ts";
import { unlessAborted } from "./retry.ts";
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

/**
 * Sends something to the gateway, once, and reads its answer. What was refused for its token was not carried out: it is sent
 * once again where another token can be had.
 *
 * @param read takes from the answer what was asked for, if it is there
 */
export type Send = <TAnswer, TResult>(
  sent: Sent,
  read: (answer: TAnswer) => TResult | null | undefined,
  options: CallOptions | undefined,
) => Promise<TResult>;

/** What requests are sent with. */
export interface SendOptions {
  fetch: typeof globalThis.fetch;
  /** From sending to the end of the answer, in milliseconds. */
  timeoutMs: number;
  tokens: Tokens;
}

export function createSend({ fetch, timeoutMs, tokens }: SendOptions): Send {
  async function sendOnce<TAnswer, TResult>(
    { url, type, body }: Sent,
    read: (answer: TAnswer) => TResult | null | undefined,
    token: string | undefined,
    signal: AbortSignal | undefined,
  ) {
    const timeout = AbortSignal.timeout(timeoutMs);
    let status: number;
    let text: string;
    try {
      const response = await fetch(url, {
        method: "POST",
        headers: {
          "content-type": type,
          accept: "application/graphql-response+json,application/json;q=0.9",
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        },
        // A token is for this address, wherever that redirects to.
        redirect: token === undefined ? "follow" : "manual",
        body,
        signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
      });
      status = response.status;
      text = await response.text();
    } catch (cause) {
      signal?.throwIfAborted();
      const message = `No answer from the gateway at ${url}.`;
      throw new ReelwireError({ code: "NETWORK", message, retryable: true, cause });
    }

    const answer = parse<TAnswer & { errors?: readonly AnsweredError[] }>(text);
    if (answer?.errors?.length) throw errorFromAnswer(answer.errors);
    const result = answer == null ? null : read(answer);
    if (result != null) return result;
    const message = `No answer of a gateway from ${url}, but a status of ${status}.`;
    // What stands before the gateway answers so while the gateway is starting, stopping or too busy.
    throw new ReelwireError({ code: "BAD_ANSWER", message, retryable: status >= 500 || status === 429 });
  }

  return async (sent, read, { signal } = {}) => {
    for (let refused = !tokens.renewable; ; refused = true) {
      signal?.throwIfAborted();
      const given = tokens.get();
      const token = await unlessAborted(given, signal);
      try {
        return await sendOnce(sent, read, token, signal);
      } catch (error) {
        if (!(error instanceof ReelwireError && error.code === "UNAUTHENTICATED")) throw error;
        tokens.useUntil(given);
        if (refused) throw error;
      }
    }
  };
}

function parse<TAnswer>(text: string): TAnswer | null {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
