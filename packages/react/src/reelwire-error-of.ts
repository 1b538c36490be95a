import { ReelwireError } from "@reelwire/core/client";

/** What a call threw. The client throws nothing else but for an input that has no JSON. */
export function reelwireErrorOf(error: unknown): ReelwireError {
  if (error instanceof ReelwireError) return error;
  return new ReelwireError({ code: "BAD_INPUT", message: String(error), retryable: false, cause: error });
}
