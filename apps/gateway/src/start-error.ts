import { ArchiveError, DatabaseError } from "@reelwire/engine";
import { ConfigurationError } from "./configuration.ts";

/** Something that stops the start and is not the gateway's fault. The message is one line that says what to do. */
export class StartError extends Error {
  override readonly name = "StartError";
}

/** What to tell whoever starts the gateway, a line for each problem; `null` when it is a fault of ours and needs a stack. */
export function explainStartFailure(error: unknown): readonly string[] | null {
  if (error instanceof ConfigurationError) return error.problems;
  if (error instanceof StartError || error instanceof DatabaseError || error instanceof ArchiveError)
    return [error.message];
  return null;
}
