import { randomUUID } from "node:crypto";
import { TOKEN_SCOPES, type TokenScope } from "@reelwire/core";
import { type JWTPayload, jwtVerify, SignJWT } from "jose";
import type { AccessToken } from "./access.ts";
import { SIGNING_ALGORITHM, type SigningKeys } from "./signing-keys.ts";
import { refusalOf, unauthenticated } from "./unauthenticated.ts";

/** Who issues access tokens, and for whom they are. */
export const TOKEN_ISSUER = "reelwire";

/** As RFC 9068 has it, so that no other kind of JWT is ever taken for one. */
const TOKEN_TYPE = "at+jwt";

/** What an access token says. */
export interface TokenContents {
  project: string;
  /** `null` only with `videoIds`. */
  subject: string | null;
  scopes: readonly TokenScope[];
  videoIds: readonly string[] | null;
  /** The key it was made by, with which it ends. Otherwise what its maker was: nobody was asked, or a token of the external issuer. */
  madeBy: { keyId: string } | "open" | "external";
  expiresAt: Date;
}

/** @param contents its end is cut to a whole second */
export async function signToken(keys: SigningKeys, contents: TokenContents): Promise<AccessToken> {
  const { id, privateKey } = await keys.current();
  const { madeBy, subject, videoIds } = contents;
  const expires = Math.floor(contents.expiresAt.getTime() / 1_000);
  const token = new SignJWT({
    project: contents.project,
    scope: contents.scopes.join(" "),
    ...(videoIds === null ? {} : { videos: videoIds }),
    ...(typeof madeBy === "string" ? { by: madeBy } : { key: madeBy.keyId }),
  })
    .setProtectedHeader({ alg: SIGNING_ALGORITHM, typ: TOKEN_TYPE, kid: id })
    .setIssuer(TOKEN_ISSUER)
    .setAudience(TOKEN_ISSUER)
    .setIssuedAt()
    .setExpirationTime(expires)
    .setJti(randomUUID());
  if (subject !== null) token.setSubject(subject);
  return { token: await token.sign(privateKey), expiresAt: new Date(expires * 1_000) };
}

/**
 * What a token says, if we signed it and it is valid now. Whether its key still is, is another question.
 *
 * @throws {ApiError} `UNAUTHENTICATED`, `UNAVAILABLE`
 */
export async function verifyToken(keys: SigningKeys, token: string): Promise<TokenContents> {
  try {
    const { payload } = await jwtVerify(
      token,
      async ({ kid }) => {
        const key = kid === undefined ? null : await keys.find(kid);
        if (key === null) throw unauthenticated("This token is signed by a key that is not ours, or not any more.");
        return key.publicKey;
      },
      {
        algorithms: [SIGNING_ALGORITHM],
        typ: TOKEN_TYPE,
        issuer: TOKEN_ISSUER,
        audience: TOKEN_ISSUER,
        requiredClaims: ["exp"],
      },
    );
    return contentsOf(payload);
  } catch (error) {
    throw refusalOf(error);
  }
}

function contentsOf(payload: JWTPayload): TokenContents {
  const { sub: subject = null, exp = 0, project, scope, videos = null, key, by } = payload;
  const madeBy = typeof key === "string" ? { keyId: key } : by === "open" || by === "external" ? by : null;
  const isWhole = typeof project === "string" && typeof scope === "string" && isListOfTexts(videos) && madeBy !== null;
  // Without both it would be for everything in the project.
  const isBound = subject !== null || videos !== null;
  if (!isWhole || !isBound) throw unauthenticated("This token does not say what one of ours says.");
  const scopes = TOKEN_SCOPES.filter((known) => scope.split(" ").includes(known));
  return { project, subject, scopes, videoIds: videos, madeBy, expiresAt: new Date(exp * 1_000) };
}

function isListOfTexts(value: unknown): value is readonly string[] | null {
  return value === null || (Array.isArray(value) && value.every((item) => typeof item === "string"));
}
