/** The stable codes of `UpstreamError.code`, each with its meaning. */
export const UPSTREAM_ERROR_CODES = {
  INPUT_REJECTED: "The upstream, or this client before sending, refused the request as invalid (400, other 4xx).",
  KEY_REJECTED: "The key is missing, expired or wrong (401). An operator must act.",
  FORBIDDEN: "Out of credits, or not allowed (402, 403). An operator must act.",
  NOT_FOUND: "The upstream does not know the id (404, 410). Right after a submit it may know it soon.",
  RATE_LIMITED: "Too many requests or too many at once (429). Nothing was accepted.",
  UPSTREAM_FAILED: "The upstream or its provider failed (5xx).",
  TIMED_OUT: "No complete answer came in time.",
  UNREACHABLE: "No connection came about: refused, no such host, no route, no valid certificate. Nothing was sent.",
  CONNECTION_LOST: "The connection broke after something may have been sent.",
  BAD_ANSWER: "The answer was a redirect, which is never followed, or made no sense.",
  ABORTED: "The caller's signal aborted the call.",
} as const;
export type UpstreamErrorCode = keyof typeof UPSTREAM_ERROR_CODES;

/**
 * What is known of a submit that failed. `not_accepted`: nothing was begun and nothing is charged. `unknown`: it may
 * have been accepted. `accepted`: the upstream said yes, and its id was lost with the rest of the answer.
 */
export type UpstreamOutcome = "not_accepted" | "unknown" | "accepted";

/** What is known of a call that failed. */
export interface UpstreamFailure {
  code: UpstreamErrorCode;
  /** For people: what the upstream said, cut to size, without keys and `data:` URIs. */
  message: string;
  /** Status of the answer; `null` when none came. */
  httpStatus: number | null;
  /**
   * Whether the same call may be sent again, now or later, as it is. Never true of a submit that may have been
   * accepted; true of one that was aborted before anything was sent.
   */
  retryable: boolean;
  /** What became of a submit. Of a read it is always `not_accepted`, since a read asks for nothing to be accepted. */
  outcome: UpstreamOutcome;
  /** How long the upstream asked to wait, in milliseconds, at most 10 minutes; `null` when it did not say. */
  retryAfterMs: number | null;
}

/** A call to the upstream that failed. Everything about it is decided where it is made; nothing matches its message. */
export class UpstreamError extends Error implements UpstreamFailure {
  override readonly name = "UpstreamError";
  readonly code: UpstreamErrorCode;
  readonly httpStatus: number | null;
  readonly retryable: boolean;
  readonly outcome: UpstreamOutcome;
  readonly retryAfterMs: number | null;

  constructor(failure: UpstreamFailure) {
    super(failure.message);
    this.code = failure.code;
    this.httpStatus = failure.httpStatus;
    this.retryable = failure.retryable;
    this.outcome = failure.outcome;
    this.retryAfterMs = failure.retryAfterMs;
  }
}

/** Whether a call asks for a video to be made, and so costs money, or only looks. */
export type CallKind = "submit" | "read";
