import { ReelwireError, readAnswer, type TypedDocument } from "@reelwire/core/operations";
import type { Bundle, HttpResponse, ZObject } from "zapier-platform-core";
import { AddressProblem, gatewayAddress } from "./gateway-address.ts";
import { asZapierError } from "./refusal.ts";

/** All of a bundle that a request to the gateway needs. */
export type Connected = Pick<Bundle, "authData">;

/** What is sent to the gateway. */
export interface Sent {
  /** From the gateway's address on: `graphql`. */
  path: string;
  contentType: string;
  body: string | Buffer;
}

/** A step has 30 seconds. What takes longer than this is told while there is time for it. */
const TIMEOUT_MS = 25_000;

/**
 * Asks the gateway.
 *
 * @throws the error of the platform's that the answer comes to
 */
export async function ask<TResult, TVariables>(
  z: ZObject,
  bundle: Connected,
  document: TypedDocument<TResult, TVariables>,
  variables: TVariables,
): Promise<TResult> {
  try {
    return await askPlainly(z, bundle, document, variables);
  } catch (error) {
    throw asZapierError(z, error);
  }
}

/**
 * The same, for who has more to say about what went wrong.
 *
 * @throws {ReelwireError}
 */
export async function askPlainly<TResult, TVariables>(
  z: ZObject,
  bundle: Connected,
  document: TypedDocument<TResult, TVariables>,
  variables: TVariables,
): Promise<TResult> {
  const body = JSON.stringify({ query: String(document), variables });
  const { status, content } = await send(z, bundle, { path: "graphql", contentType: "application/json", body });
  return readAnswer<TResult>(status, content);
}

/**
 * Sends the gateway something. The API key goes to the gateway and nowhere else: it is not added to other requests, and redirects
 * are not followed.
 *
 * @throws {ReelwireError} `NETWORK`, when it cannot be reached
 */
export async function send(z: ZObject, bundle: Connected, { path, contentType, body }: Sent): Promise<HttpResponse> {
  const base = addressOf(z, bundle);
  const { apiKey = "" } = bundle.authData;
  const request = {
    url: `${base}/${path}`,
    method: "POST",
    headers: { "content-type": contentType, accept: "application/json", authorization: `Bearer ${apiKey.trim()}` },
    body,
    redirect: "manual",
    timeout: TIMEOUT_MS,
    // Refusals are read from the body, whatever the status.
    skipThrowForStatus: true,
    // Otherwise a prompt with {{bundle.…}} in it would not be sent.
    merge: false,
  } as const;
  try {
    return await z.request(request);
  } catch (cause) {
    const message = `The gateway at ${base} could not be reached${reasonOf(cause)}.`;
    throw new ReelwireError({ code: "NETWORK", message, retryable: true, cause });
  }
}

function addressOf(z: ZObject, { authData: { url } }: Connected): string {
  try {
    return gatewayAddress(url);
  } catch (error) {
    throw error instanceof AddressProblem ? new z.errors.Error(error.message, "WRONG_ADDRESS") : error;
  }
}

/** As node-fetch names it: `ENOTFOUND` and the like. */
function reasonOf(cause: unknown): string {
  return cause instanceof Error && "code" in cause && typeof cause.code === "string" ? ` (${cause.code})` : "";
}
