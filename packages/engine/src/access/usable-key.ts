import type { ApiKey } from "./access.ts";
import { unauthenticated } from "./unauthenticated.ts";

/**
 * @param which how to call it: "This API key"
 * @throws {ApiError} `UNAUTHENTICATED` where a key was revoked, or has come to its end
 */
export function assertUsable({ revokedAt, expiresAt }: ApiKey, which: string): void {
  if (revokedAt !== null) throw unauthenticated(`${which} was revoked.`);
  if (expiresAt !== null && expiresAt.getTime() <= Date.now()) {
    throw unauthenticated(`${which} has expired.`);
  }
}
