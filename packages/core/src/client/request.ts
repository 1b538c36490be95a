import { type AnsweredError, errorFromAnswer, ReelwireError } from "./reelwire-error.ts";
import { unlessAborted } from "./retry.ts";
import type { Tokens } from "./token.ts";
import type { TypedDocument } from "./typed-document.ts";

/** What every call takes. */
export interface CallOptions {
  /** Ends it early: the call then rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
}

/**
 * Sends one operation over HTTP, once, and reads its answer. One that was refused for its token was not carried out: it is sent
 * once again where another token can be had.
 */
export type SendOperation = <TResult, TVariables>(
  document: TypedDocument<TResult, TVariables>,
  variables: TVariables,
  options?: CallOptions,
) => Promise<TResult>;

interface Answer<TResult> {
  data?: TResult | null;
  errors?: readonly AnsweredError[];
}

/** What requests are sent with. */
export interface RequestOptions {
  url: string;
  fetch: typeof globalThis.fetch;
  /** From sending to the end of the answer, in milliseconds. */
  timeoutMs: number;
  tokens: Tokens;
}

export function createRequest({ url, fetch, timeoutMs, tokens }: RequestOptions): SendOperation {
  async function sendOnce<TResult>(body: string, token: string | undefined, signal: AbortSignal | undefined) {
    const timeout = AbortSignal.timeout(timeoutMs);
    let status: number;
    let text: string;
    try {
      const response = await fetch(url, {
        method: "POST",
        headers: {
          "content-type": "application/json",
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

    const answer = parse<TResult>(text);
    if (answer?.errors?.length) throw errorFromAnswer(answer.errors);
    if (answer?.data != null) return answer.data;
    const message = `No GraphQL answer from ${url}, but a status of ${status}.`;
    // What stands before the gateway answers so while the gateway is starting, stopping or too busy.
    throw new ReelwireError({ code: "BAD_ANSWER", message, retryable: status >= 500 || status === 429 });
  }

  return async <TResult, TVariables>(
    document: TypedDocument<TResult, TVariables>,
    variables: TVariables,
    { signal }: CallOptions = {},
  ) => {
    const body = JSON.stringify({ query: String(document), variables });
    for (let refused = !tokens.renewable; ; refused = true) {
      signal?.throwIfAborted();
      const given = tokens.get();
      const token = await unlessAborted(given, signal);
      try {
        return await sendOnce<TResult>(body, token, signal);
      } catch (error) {
        if (!(error instanceof ReelwireError && error.code === "UNAUTHENTICATED")) throw error;
        tokens.useUntil(given);
        if (refused) throw error;
      }
    }
  };
}

function parse<TResult>(text: string): Answer<TResult> | null {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
