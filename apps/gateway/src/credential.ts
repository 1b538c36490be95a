import { ApiError } from "@reelwire/core";

/**
 * The credential of an HTTP request, from its header `Authorization`; `null`: none. Never from its address, which ends up in
 * logs and histories.
 *
 * @throws {ApiError} `UNAUTHENTICATED`, when the header has something else: whoever sent it believes that it counts
 */
export function credentialOfHeader(authorization: string | undefined): string | null {
  if (authorization === undefined) return null;
  return bearerOf(authorization) ?? refuse("The Authorization header must be `Bearer` and then the key or token.");
}

/**
 * The credential of a websocket, from its `connectionParams`: `token`, or `authorization` as over HTTP; `null`: none.
 *
 * @throws {ApiError} `UNAUTHENTICATED`, when there is one elsewhere, or in another form
 */
export function credentialOfParameters(parameters: Readonly<Record<string, unknown>> = {}): string | null {
  const { token, authorization, headers } = parameters;
  // What is there and is no text is no credential of anybody, which is not the same as none.
  if (token != null) return typeof token === "string" ? token.trim() : "";
  if (authorization != null) {
    const bearer = typeof authorization === "string" ? bearerOf(authorization) : null;
    return (
      bearer ??
      refuse("`authorization` in connectionParams must be `Bearer` and then the key or token; or give `token`.")
    );
  }
  if (hasAuthorization(parameters)) refuse("A websocket's key or token is read from `token` in connectionParams.");
  if (hasAuthorization(headers))
    refuse("A websocket's key or token is read from `token` in connectionParams, not from `headers`.");
  return null;
}

/** What stands after `Bearer`; `null` where that is not there. */
function bearerOf(authorization: string): string | null {
  const bearer = /^Bearer(?:\s+(.*))?$/i.exec(authorization.trim());
  return bearer === null ? null : (bearer[1] ?? "").trim();
}

/** As headers are named: in whatever case. */
function hasAuthorization(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(value).some(([name, given]) => name.toLowerCase() === "authorization" && given != null);
}

/** The message is the reason of a websocket's close, too, which has room for 123 bytes. */
function refuse(message: string): never {
  throw new ApiError("UNAUTHENTICATED", message);
}
