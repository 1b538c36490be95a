import { type AnsweredError, errorFromAnswer, ReelwireError } from "./reelwire-error.ts";
import type { TypedDocument } from "./typed-document.ts";

/** What every call takes. */
export interface CallOptions {
  /** Ends it early: the call then rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
}

/** Sends one operation over HTTP, once, and reads its answer. */
export type SendOperation = <TResult, TVariables>(
  document: TypedDocument<TResult, TVariables>,
  variables: TVariables,
  options?: CallOptions,
) => Promise<TResult>;

interface Answer<TResult> {
  data?: TResult | null;
  errors?: readonly AnsweredError[];
}

/**
 * @param send how requests are sent
 * @param timeoutMs from sending to the end of the answer, in milliseconds
 */
export function createRequest(url: string, send: typeof globalThis.fetch, timeoutMs: number): SendOperation {
  return async <TResult, TVariables>(
    document: TypedDocument<TResult, TVariables>,
    variables: TVariables,
    { signal }: CallOptions = {},
  ) => {
    signal?.throwIfAborted();
    const timeout = AbortSignal.timeout(timeoutMs);
    let status: number;
    let text: string;
    try {
      const response = await send(url, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          accept: "application/graphql-response+json,application/json;q=0.9",
        },
        body: JSON.stringify({ query: String(document), variables }),
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
  };
}

function parse<TResult>(text: string): Answer<TResult> | null {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
