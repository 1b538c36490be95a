import { isTimeoutError } from "ky";
import { type CallKind, UpstreamError, type UpstreamErrorCode, type UpstreamOutcome } from "./error.ts";

/** Codes that Node gives only while it looks up a host, connects, or checks a certificate: no byte of HTTP is out. */
const NOTHING_SENT = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "UND_ERR_CONNECT_TIMEOUT",
  "CERT_HAS_EXPIRED",
  "CERT_NOT_YET_VALID",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "ERR_TLS_CERT_ALTNAME_INVALID",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
]);

/** The same code may mean a lost route under an open connection, so the system call decides. */
const CONNECTING = new Set(["connect", "getaddrinfo"]);

const TIMEOUTS = new Set(["UND_ERR_HEADERS_TIMEOUT", "UND_ERR_BODY_TIMEOUT"]);

/** When a call broke. `before`: nothing had been sent. `answered`: a 2xx had come, and the rest of it was lost. */
export type BreakStage = "before" | "under_way" | "answered";

/** A call that did not get a whole answer. */
export interface Break {
  kind: CallKind;
  stage: BreakStage;
  /** What was thrown. */
  cause: unknown;
  /** The caller's own signal. */
  signal: AbortSignal | undefined;
  /** Status of the answer, if one had begun. */
  httpStatus?: number;
}

/**
 * The error that a call without a whole answer is. The cause is not attached: what `ky` throws carries the request,
 * and with it the key (invariant 10). Only its code is told.
 */
export function errorFromBreak({ kind, stage, cause, signal, httpStatus }: Break): UpstreamError {
  const failures = [...causes(cause)];
  const unreachable = stage === "under_way" && failures.some(isBeforeSending);
  const code = signal?.aborted ? "ABORTED" : unreachable ? "UNREACHABLE" : codeOf(failures);
  const outcome = kind === "read" || unreachable ? "not_accepted" : OUTCOMES[stage];
  return new UpstreamError({
    code,
    message: MESSAGES[code] + nameOf(failures),
    httpStatus: httpStatus ?? null,
    retryable: outcome === "not_accepted",
    outcome,
    retryAfterMs: null,
  });
}

const OUTCOMES: Record<BreakStage, UpstreamOutcome> = {
  before: "not_accepted",
  under_way: "unknown",
  answered: "accepted",
};

type BreakCode = Extract<UpstreamErrorCode, "TIMED_OUT" | "UNREACHABLE" | "CONNECTION_LOST" | "ABORTED">;

const MESSAGES: Record<BreakCode, string> = {
  TIMED_OUT: "The upstream did not answer in time.",
  UNREACHABLE: "The upstream cannot be reached.",
  CONNECTION_LOST: "The connection to the upstream was lost.",
  ABORTED: "The call was aborted.",
};

interface Failure {
  error: unknown;
  code: string | null;
  syscall: string | null;
}

function codeOf(failures: readonly Failure[]): BreakCode {
  const timedOut = failures.some(({ error, code }) => isTimeoutError(error) || (code !== null && TIMEOUTS.has(code)));
  return timedOut ? "TIMED_OUT" : "CONNECTION_LOST";
}

function isBeforeSending({ code, syscall }: Failure): boolean {
  return (code !== null && NOTHING_SENT.has(code)) || (syscall !== null && CONNECTING.has(syscall));
}

function nameOf(failures: readonly Failure[]): string {
  const code = failures.find((failure) => failure.code !== null)?.code;
  return code == null ? "" : ` (${code})`;
}

/** An error, what caused it, and what caused that; of several addresses tried, each one's. */
function* causes(error: unknown, depth = 0): Generator<Failure> {
  if (typeof error !== "object" || error === null || depth > 5) return;
  yield { error, code: textOf(error, "code"), syscall: textOf(error, "syscall") };
  if (error instanceof AggregateError) for (const one of error.errors) yield* causes(one, depth + 1);
  if (error instanceof Error) yield* causes(error.cause, depth + 1);
}

function textOf(error: object, name: string): string | null {
  const value: unknown = Reflect.get(error, name);
  return typeof value === "string" ? value : null;
}
