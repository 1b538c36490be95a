import type { Video } from "@reelwire/core/operations";
import type { ZObject } from "zapier-platform-core";

/**
 * What a video that ended without a file means to a step that waited for it. One that cost nothing and may yet succeed is an error, which
 * Zapier replays; any other halts the run, since to make another may be paid for again, or come to the same.
 *
 * @returns the error to throw; `null` for a video that is completed, or not finished
 */
export function endedWithout({ errors }: ZObject, { id, status, error, studioUrl }: Video): Error | null {
  if (status === "CANCELED") return new errors.HaltedError(`The video ${id} was canceled: ${studioUrl}`);
  if (status !== "FAILED") return null;
  const { code = "FAILED", message = "No reason was given.", retryable = false, billed = null } = error ?? {};
  const told = `The video ${id} has failed. ${code}: ${message}`;
  if (retryable && billed === false)
    return new errors.Error(`${told} Nothing was charged. A replay makes it anew.`, code);
  const charge = billed === false ? "" : " It may be charged all the same.";
  return new errors.HaltedError(`${told}${charge} ${studioUrl}`);
}
