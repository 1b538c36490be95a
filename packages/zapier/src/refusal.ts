import type { ApiErrorCode } from "@reelwire/core";
import { ReelwireError } from "@reelwire/core/operations";
import type { ZObject } from "zapier-platform-core";

/**
 * What Zapier does about an error: `error` shows it, and replays the step by itself where that is switched on; `halt` ends the run
 * and never replays it by itself, since the same would come of it; `wait` tries the same step again later; `reconnect` asks the user for a
 * connection that works.
 */
export type Reaction = "error" | "halt" | "wait" | "reconnect";

/** What is done about each code of the gateway's. */
export const REACTIONS = {
  BAD_INPUT: "halt",
  UNAUTHENTICATED: "reconnect",
  // Another key mends it, and a replay then; all that this key may do goes on meanwhile.
  FORBIDDEN: "error",
  NOT_FOUND: "halt",
  IDEMPOTENCY_CONFLICT: "halt",
  EXTERNAL_ID_TAKEN: "halt",
  VIDEO_ALREADY_FINISHED: "halt",
  PRICE_TOO_HIGH: "halt",
  PRICE_UNKNOWN: "wait",
  // It renews in a day or a month: longer than Zapier waits.
  BUDGET_EXCEEDED: "halt",
  RATE_LIMITED: "wait",
  FILE_UNAVAILABLE: "wait",
  IMAGE_INVALID: "halt",
  IMAGE_TOO_LARGE: "halt",
  TOO_MANY_UPLOADS: "error",
  TOO_MANY_WEBHOOKS: "error",
  HOST_NOT_ALLOWED: "error",
  ORIGIN_NOT_ALLOWED: "error",
  UNAVAILABLE: "wait",
  INTERNAL: "error",
} as const satisfies Record<ApiErrorCode, Reaction>;

/** How long Zapier waits where the gateway does not say how long. */
const WAIT_SECONDS = 60;

/** Also for what comes before the gateway's own codes: nothing reached it, something else answered, or a newer gateway did. */
export function reactionTo({ code, retryable }: Pick<ReelwireError, "code" | "retryable">): Reaction {
  const known: Readonly<Record<string, Reaction>> = REACTIONS;
  return known[code] ?? (retryable ? "wait" : "error");
}

/** What the platform is told of a failure: anything but a refusal of the gateway's is thrown on as it is. */
export function asZapierError({ errors }: ZObject, error: unknown): unknown {
  if (!(error instanceof ReelwireError)) return error;
  const { code, retryAfterMs } = error;
  const message = told(error);
  switch (reactionTo(error)) {
    case "halt":
      return new errors.HaltedError(message);
    case "reconnect":
      return new errors.ExpiredAuthError(message);
    case "wait":
      return new errors.ThrottledError(
        message,
        retryAfterMs === null ? WAIT_SECONDS : Math.max(1, Math.ceil(retryAfterMs / 1000)),
      );
    case "error":
      return new errors.Error(message, code);
  }
}

function told({ code, message, requestId, budget }: ReelwireError): string {
  if (requestId !== null) return `${message} The gateway's log has more under ${requestId}.`;
  if (budget !== null) return `${message} It renews at ${budget.renewsAt}.`;
  return code === "UNAUTHENTICATED" ? `The gateway refused the API key. ${message}` : message;
}

/** Whether only a gateway says so. */
export function isGatewayCode(code: string): code is ApiErrorCode {
  return Object.hasOwn(REACTIONS, code);
}
