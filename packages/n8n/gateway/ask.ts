import { readAnswer, type TypedDocument } from "@reelwire/core/operations";
import type {
  IExecuteFunctions,
  IHookFunctions,
  IHttpRequestOptions,
  ILoadOptionsFunctions,
  IN8nHttpFullResponse,
  IWebhookFunctions,
} from "n8n-workflow";
import { gatewayUrl } from "./gateway-url.ts";

/** Whatever of a node asks the gateway something. */
export type Asking = IExecuteFunctions | IHookFunctions | ILoadOptionsFunctions | IWebhookFunctions;

/** A minute, as the client of core has it: images may be uploaded. */
const TIMEOUT_MS = 60_000;

/**
 * Sends an operation to the gateway of the node's credential, once.
 *
 * @throws {ReelwireError} what the gateway refused with
 */
export async function ask<TResult, TVariables>(
  asking: Asking,
  document: TypedDocument<TResult, TVariables>,
  variables: TVariables,
): Promise<TResult> {
  const { status, body } = await post(asking, "graphql", {
    headers: { "content-type": "application/json", accept: "application/json" },
    body: JSON.stringify({ query: String(document), variables }),
  });
  return readAnswer(status, body);
}

/** Sends something to a path of the gateway's, with the credential. Whatever the status, the answer comes back. */
export async function post(
  asking: Asking,
  path: string,
  { headers, body }: Pick<IHttpRequestOptions, "headers" | "body">,
): Promise<{ status: number; body: string }> {
  const { url } = await asking.getCredentials<{ url: string }>("reelwireApi");
  const answer: IN8nHttpFullResponse = await asking.helpers.httpRequestWithAuthentication.call(asking, "reelwireApi", {
    method: "POST",
    url: `${gatewayUrl(url)}/${path}`,
    headers: headers ?? {},
    body,
    encoding: "text",
    returnFullResponse: true,
    ignoreHttpStatusErrors: true,
    // The key is for this address, wherever that redirects to.
    disableFollowRedirect: true,
    timeout: TIMEOUT_MS,
  });
  return { status: answer.statusCode, body: String(answer.body) };
}
