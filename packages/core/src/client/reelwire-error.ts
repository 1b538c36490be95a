import type { ApiErrorCode, ExceededBudget as CoreExceededBudget, InputIssue } from "../api-error.ts";

/** The codes that this client gives by itself, each with its meaning. Every other code is the gateway's. */
export const CLIENT_ERROR_CODES = {
  NETWORK: "The gateway could not be reached, or its answer did not arrive whole and in time. It may have acted.",
  BAD_ANSWER: "What answered is no GraphQL API: a proxy, another program, or a wrong address.",
  SOCKET_REFUSED: "The gateway closed the websocket with a code by which it takes no more from this client.",
  TOKEN_UNAVAILABLE:
    "The `token` function of this client threw, gave `null`, or gave no token in time. Its own error is the `cause`.",
  CLOSED: "The client was closed while it was watching.",
} as const;
export type ClientErrorCode = keyof typeof CLIENT_ERROR_CODES;

/** A code of the gateway's (`API_ERROR_CODES`), one of the client's own (`CLIENT_ERROR_CODES`), or one of a newer gateway's. */
export type ReelwireErrorCode = ApiErrorCode | ClientErrorCode | (string & {});

/** The budget that a `BUDGET_EXCEEDED` was refused by. */
export interface ExceededBudget extends Omit<CoreExceededBudget, "renewsAt"> {
  /** When the next period begins: ISO 8601, in UTC. */
  renewsAt: string;
}

/** What is known of a failure. */
export interface Failure {
  code: ReelwireErrorCode;
  message: string;
  /** Whether the same call may be sent again as it is, and may then succeed. */
  retryable: boolean;
  issues?: readonly InputIssue[];
  requestId?: string | null;
  retryAfterMs?: number | null;
  budget?: ExceededBudget | null;
  cause?: unknown;
}

/** A call that failed, or a video that could not be watched. Programs look at `code`; `message` is for people. */
export class ReelwireError extends Error {
  override readonly name = "ReelwireError";
  declare readonly code: ReelwireErrorCode;
  /** Every problem with the input, with its path. Empty unless `code` is `BAD_INPUT`. */
  declare readonly issues: readonly InputIssue[];
  /**
   * Whether the same call may succeed when it is sent again as it is. A `createVideo` that failed with `NETWORK` may have
   * been accepted: send it again only with the same `idempotencyKey`.
   */
  declare readonly retryable: boolean;
  /** By which the gateway's log tells more of an `INTERNAL` error; otherwise `null`. */
  declare readonly requestId: string | null;
  /** With `RATE_LIMITED`: after how many milliseconds the same call may succeed; otherwise `null`. */
  declare readonly retryAfterMs: number | null;
  /** With `BUDGET_EXCEEDED`: what is left of which budget, and when it renews; otherwise `null`. */
  declare readonly budget: ExceededBudget | null;

  constructor({ message, cause, ...known }: Failure) {
    super(message, { cause });
    Object.assign(this, { issues: [], requestId: null, retryAfterMs: null, budget: null }, known);
  }
}

/** An error as GraphQL answers carry it; what the gateway adds is in `extensions`. */
export interface AnsweredError {
  readonly message?: string;
  readonly extensions?:
    | {
        code?: string;
        issues?: readonly InputIssue[];
        requestId?: string;
        retryAfterSeconds?: number;
        budget?: ExceededBudget;
      }
    | undefined;
}

/** The first of the errors that an answer carries: the gateway gives one for each field that failed. */
export function errorFromAnswer([first]: readonly AnsweredError[]): ReelwireError {
  const { code = "BAD_ANSWER", retryAfterSeconds, ...told } = first?.extensions ?? {};
  return new ReelwireError({
    ...told,
    code,
    message: first?.message ?? "The gateway gave no reason.",
    retryable: code === "UNAVAILABLE" || code === "RATE_LIMITED",
    retryAfterMs: retryAfterSeconds === undefined ? null : retryAfterSeconds * 1000,
    cause: first,
  });
}

/** Where nothing came through, or not all of it. */
export function networkError(cause: unknown): ReelwireError {
  return new ReelwireError({ code: "NETWORK", message: "The gateway could not be reached.", retryable: true, cause });
}
