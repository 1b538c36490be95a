/**
 * The credential of an HTTP request, from its header `Authorization`; `null`: none. Never from its address, which ends up in
 * logs and histories.
 */
export function credentialOfHeader(authorization: string | undefined): string | null {
  const bearer = /^Bearer(?:\s+(.*))?$/i.exec(authorization ?? "");
  return bearer === null ? null : (bearer[1] ?? "").trim();
}

/** The credential of a websocket, from its `connectionParams`: `token`, or `authorization` as over HTTP; `null`: none. */
export function credentialOfParameters(parameters: Readonly<Record<string, unknown>> = {}): string | null {
  const { token, authorization } = parameters;
  // What is there and is no text is no credential of anybody, which is not the same as none.
  if (token != null) return typeof token === "string" ? token.trim() : "";
  return typeof authorization === "string" ? credentialOfHeader(authorization) : null;
}
