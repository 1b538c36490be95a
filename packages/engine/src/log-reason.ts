import { UpstreamError } from "@reelwire/core/upstream";

/** What to log of an error: of the upstream's, which are expected, a line that says what; of others, where they came from. */
export function reasonOf(error: unknown): object {
  if (!(error instanceof UpstreamError)) return { err: error };
  const { code, httpStatus, message } = error;
  return { code, httpStatus, reason: message };
}
