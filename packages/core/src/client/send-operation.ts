import { type Connection, parts } from "./connection.ts";
import { retrying } from "./retry.ts";
import { type CallOptions, send } from "./send.ts";
import type { TypedDocument } from "./typed-document.ts";

/**
 * Sends an operation of your own over HTTP, once; again only with another token, where the gateway refused the one before.
 *
 * @param document its text, or a document of GraphQL Code Generator's string mode
 */
export function sendOperation<TResult, TVariables>(
  connection: Connection,
  document: TypedDocument<TResult, TVariables>,
  variables: TVariables,
  options?: CallOptions,
): Promise<TResult> {
  const body = JSON.stringify({ query: String(document), variables });
  const sent = { url: connection[parts].url, type: "application/json", body };
  return send(connection[parts], sent, (answer: { data?: TResult | null }) => answer.data, options);
}

/** The same for an operation that is safe to repeat: it is tried again while its error is `retryable`. */
export function repeatOperation<TResult, TVariables>(
  connection: Connection,
  document: TypedDocument<TResult, TVariables>,
  variables: TVariables,
  options?: CallOptions,
): Promise<TResult> {
  return retrying(connection[parts], options?.signal, () => sendOperation(connection, document, variables, options));
}
