import { SCOPES } from "@reelwire/core";
import { decodeJwt } from "jose";
import { BUILT_IN_VIEWER } from "../viewer.ts";
import type { Caller, ExternalIssuer } from "./access.ts";
import { TOKEN_ISSUER, type TokenContents, verifyToken } from "./access-token.ts";
import type { KeyReader } from "./key-reader.ts";
import type { StoredKey } from "./key-rows.ts";
import { hasHash, isMeantAsKey, keyIdOf } from "./key-secret.ts";
import type { KeyUses } from "./key-uses.ts";
import type { SigningKeys } from "./signing-keys.ts";
import { malformed, unauthenticated } from "./unauthenticated.ts";
import { assertUsable } from "./usable-key.ts";

/** Longer than any token that fits into the head of a request. */
const MOST_CHARACTERS = 16_384;

/** Whom nobody asked. */
const OPEN_CALLER: Caller = { viewer: BUILT_IN_VIEWER, scopes: new Set(SCOPES), by: "open", expiresAt: null };

/** What telling who somebody is needs. */
export interface IdentifyContext {
  isRequired: () => boolean;
  keys: KeyReader;
  uses: KeyUses;
  signingKeys: SigningKeys;
  /** Takes tokens whose `iss` is this one's; `null`: there is none. */
  external: { issuer: ExternalIssuer; authenticate: (token: string) => Promise<Caller> } | null;
}

/**
 * Who it is that sends a credential. One that is sent is looked at even where none is required.
 *
 * @throws {ApiError} `UNAUTHENTICATED`, saying why; `UNAVAILABLE`
 */
export async function identify(context: IdentifyContext, credential: string | null): Promise<Caller> {
  const { external } = context;
  if (credential === null) {
    if (!context.isRequired()) return OPEN_CALLER;
    throw unauthenticated(
      "Nothing was sent that says who you are: send `Authorization: Bearer` with an API key or access token.",
    );
  }
  if (isMeantAsKey(credential)) return await callerOfKey(context, credential);
  const issuer = issuerOf(credential);
  if (issuer === TOKEN_ISSUER) return await callerOfToken(context, await verifyToken(context.signingKeys, credential));
  if (external !== null && issuer === external.issuer.issuer) return await external.authenticate(credential);
  throw unauthenticated("This token is of an issuer that is not known here.");
}

async function callerOfKey({ keys, uses }: IdentifyContext, secret: string): Promise<Caller> {
  const id = keyIdOf(secret);
  const key = id === null ? null : await keys.read(id);
  // Whether there is no such key, or another secret is its own, is nobody's business.
  if (!hasHash(secret, key?.hash ?? null) || key === null) {
    throw unauthenticated("This API key is not known: it is wrong, or not whole.");
  }
  assertUsable(key, "This API key");
  uses.used(key.id);
  return callerFor(key);
}

function callerFor({ id, project, scopes, expiresAt }: StoredKey): Caller {
  return { viewer: { project, subject: null, keyId: id }, scopes: new Set(scopes), by: "key", expiresAt };
}

async function callerOfToken(context: IdentifyContext, contents: TokenContents): Promise<Caller> {
  const { project, subject, scopes, videoIds, madeBy } = contents;
  let { expiresAt } = contents;
  const keyId = typeof madeBy === "string" ? null : madeBy.keyId;
  if (keyId !== null) {
    const key = await context.keys.read(keyId);
    if (key === null || key.project !== project)
      throw unauthenticated("The API key that made this token is not there.");
    assertUsable(key, "The API key that made this token");
    context.uses.used(keyId);
    if (key.expiresAt !== null && key.expiresAt < expiresAt) expiresAt = key.expiresAt;
  }
  if (madeBy === "open" && context.isRequired()) {
    throw unauthenticated("This token was made before there were API keys, and ended with the first.");
  }
  if (madeBy === "external" && context.external === null) {
    throw unauthenticated("This token was made for an issuer's user, and no issuer is known here any more.");
  }
  const viewer = { project, subject, keyId, ...(videoIds === null ? {} : { videoIds }) };
  return { viewer, scopes: new Set(scopes), by: "token", expiresAt };
}

/** Who says that they issued a token; nothing is known to be true of it yet. */
function issuerOf(token: string): string | undefined {
  if (token.length > MOST_CHARACTERS) throw malformed();
  try {
    return decodeJwt(token).iss;
  } catch (error) {
    throw malformed(error);
  }
}
