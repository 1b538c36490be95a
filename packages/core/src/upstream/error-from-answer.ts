import { type CallKind, UpstreamError, type UpstreamErrorCode } from "./error.ts";
import { messageOf } from "./message.ts";

/** Longer waits than this are not believed. */
const MAX_RETRY_AFTER_MS = 10 * 60_000;

/**
 * The error that an answer other than 2xx is. A 4xx says that nothing was accepted (assumption A4). Everything else
 * leaves a submit's outcome unknown: a gateway's 502 may hide a yes, and so may a redirect.
 *
 * @param body the parsed JSON, or text, or `undefined` when it could not be read
 */
export function errorFromAnswer(kind: CallKind, status: number, headers: Headers, body: unknown): UpstreamError {
  const code = codeOf(status);
  const refused = status >= 400 && status < 500;
  const passing = code === "RATE_LIMITED" || code === "TIMED_OUT" || code === "UPSTREAM_FAILED";
  return new UpstreamError({
    code,
    message: messageOf(body) ?? `The upstream answered with HTTP status ${status}.`,
    httpStatus: status,
    retryable: passing && (kind === "read" || refused),
    outcome: kind === "read" || refused ? "not_accepted" : "unknown",
    retryAfterMs: retryAfterMs(headers),
  });
}

function codeOf(status: number): UpstreamErrorCode {
  switch (status) {
    case 401:
      return "KEY_REJECTED";
    case 402:
    case 403:
      return "FORBIDDEN";
    case 404:
    case 410:
      return "NOT_FOUND";
    case 408:
      return "TIMED_OUT";
    case 429:
      return "RATE_LIMITED";
  }
  if (status >= 500) return "UPSTREAM_FAILED";
  return status >= 400 ? "INPUT_REJECTED" : "BAD_ANSWER";
}

/** `Retry-After` in seconds or as a date, which is read by the upstream's own clock where it sends one. */
function retryAfterMs(headers: Headers): number | null {
  const value = headers.get("retry-after")?.trim();
  if (!value) return null;
  const seconds = Number(value);
  const date = headers.get("date");
  const waitMs = Number.isNaN(seconds)
    ? Date.parse(value) - (date === null ? Date.now() : Date.parse(date))
    : seconds * 1000;
  return Number.isNaN(waitMs) ? null : Math.min(Math.max(0, Math.ceil(waitMs)), MAX_RETRY_AFTER_MS);
}
