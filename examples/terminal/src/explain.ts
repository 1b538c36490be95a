import { ReelwireError } from "@reelwire/core/client";

/** What went on when the error came. */
export interface Circumstances {
  /** The video, once there is one. */
  id: string | null;
  url: string;
  /** Whether somebody pressed Ctrl-C. */
  interrupted: boolean;
}

/** What to tell whoever started the command. */
export function explain(error: unknown, { id, url, interrupted }: Circumstances): string {
  if (interrupted && id !== null) {
    return `\nNo longer watching. The video goes on; come back to it with: npx -y pnpm@12 example --watch ${id}`;
  }
  if (interrupted) return "\nStopped before the gateway had answered.";
  if (error instanceof ReelwireError && error.code === "NETWORK") {
    return `No gateway answers at ${url}. Start one first, in another terminal: npx -y pnpm@12 start`;
  }
  if (error instanceof ReelwireError) return `${error.code}: ${error.message}`;
  return error instanceof Error ? error.message : String(error);
}
