const allowed = /^[A-Za-z0-9._:-]{1,128}$/;

/** The `X-Client-Request-Id` of a call, or null where there is none or it is one the upstream silently drops. */
export function readClientRequestId(header: string | string[] | undefined): string | null {
  return typeof header === "string" && allowed.test(header) ? header : null;
}
