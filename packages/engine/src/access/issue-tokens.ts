import { ApiError, parseNewAccessToken, SCOPE_NAMES } from "@reelwire/core";
import type { Access, Caller } from "./access.ts";
import { signToken, type TokenContents } from "./access-token.ts";
import type { KeyReader } from "./key-reader.ts";
import type { SigningKeys } from "./signing-keys.ts";
import { unauthenticated } from "./unauthenticated.ts";
import { assertUsable } from "./usable-key.ts";

/** How long a token for watching one video lives, in seconds: longer than a generation takes. */
const WATCH_SECONDS = 3_600;

/** What making tokens needs. */
export interface IssueContext {
  isRequired: () => boolean;
  /** Whether a caller's rights have ended meanwhile. */
  isRevoked: (caller: Caller) => boolean;
  keys: KeyReader;
  signingKeys: SigningKeys;
}

/** Makes access tokens. None outlives the key it was made by. */
export function issueTokens(context: IssueContext): Pick<Access, "createToken" | "createWatchToken"> {
  async function issue(
    caller: Caller,
    contents: Pick<TokenContents, "subject" | "scopes" | "videoIds">,
    seconds: number,
  ) {
    if (context.isRevoked(caller)) throw unauthenticated("What you were let in by has been revoked.");
    const { project, keyId } = caller.viewer;
    const now = Date.now();
    let expires = now + seconds * 1_000;
    if (keyId !== null) {
      const key = await context.keys.read(keyId);
      if (key === null) throw unauthenticated("This API key is not there any more.");
      assertUsable(key, "This API key");
      expires = Math.min(expires, key.expiresAt?.getTime() ?? expires);
    }
    // Where somebody is asked, only an external token comes without a key.
    const madeBy = keyId === null ? (context.isRequired() ? "external" : "open") : { keyId };
    return await signToken(context.signingKeys, { project, ...contents, madeBy, expiresAt: new Date(expires) });
  }

  return {
    async createToken(caller, input) {
      if (caller.by !== "key" && caller.by !== "open") {
        throw new ApiError("FORBIDDEN", "Only an API key can make access tokens.");
      }
      const { expiresInSeconds, ...contents } = parseNewAccessToken(input);
      const missing = contents.scopes.filter((scope) => !caller.scopes.has("admin") && !caller.scopes.has(scope));
      if (missing.length > 0) {
        const names = missing.map((scope) => SCOPE_NAMES[scope]).join(", ");
        throw new ApiError("FORBIDDEN", `A key gives no more than it has: this one lacks ${names}.`);
      }
      return await issue(caller, contents, expiresInSeconds);
    },
    createWatchToken: (caller, videoId) =>
      issue(caller, { subject: caller.viewer.subject, scopes: ["videos:read"], videoIds: [videoId] }, WATCH_SECONDS),
  };
}
