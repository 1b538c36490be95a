import { ReelwireError } from "@reelwire/core/client";
import type { Arguments } from "./arguments.ts";
import { startHint, watchCommand } from "./hints.ts";

/** What went on when the error came. */
export interface Circumstances {
  asked: Arguments;
  /** The video, once there is one. */
  id: string | null;
  /** The address of its file, once it is completed. */
  fileUrl: string | null;
  /** Whether somebody pressed Ctrl-C. */
  interrupted: boolean;
}

/** What to tell whoever started the command. */
export function explain(error: unknown, { asked, id, fileUrl, interrupted }: Circumstances): string {
  if (id !== null && interrupted) {
    return `\nNo longer watching. The video goes on; come back to it with: ${watchCommand(id, asked)}`;
  }
  if (interrupted) return "\nStopped before the gateway had answered.";
  if (error instanceof ReelwireError && error.code === "NETWORK") {
    return `No gateway answers at ${asked.url}. ${startHint(asked.url)}`;
  }
  if (error instanceof ReelwireError && error.code === "UNAUTHENTICATED" && asked.token === null) {
    return "This gateway asks who you are: give an API key or access token as REELWIRE_TOKEN or with --token.";
  }
  const reason = error instanceof Error ? error.message : String(error);
  if (id !== null && fileUrl !== null) {
    return [
      `The video is completed, but its file was not saved. ${reason}`,
      `Fetch it later: ${watchCommand(id, asked)}`,
      `Its address: ${fileUrl}`,
    ].join("\n");
  }
  return error instanceof ReelwireError ? `${error.code}: ${reason}` : reason;
}
