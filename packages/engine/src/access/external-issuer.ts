import { ApiError, isStorableText, TOKEN_SCOPES, type TokenScope } from "@reelwire/core";
import { createRemoteJWKSet, customFetch, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from "jose";
import type { Logger } from "../logger.ts";
import type { Caller, ExternalIssuer } from "./access.ts";
import { refusalOf, unauthenticated } from "./unauthenticated.ts";

/** Only what is verified by a public key: whoever can verify must not be able to sign. */
const ALGORITHMS = ["EdDSA", "Ed25519", ...["ES", "RS", "PS"].flatMap((kind) => [256, 384, 512].map((n) => kind + n))];

/** By how much the issuer's clock may run ahead of ours, in seconds. */
const CLOCK_TOLERANCE_S = 5;

/** How long after a reading that failed the next is tried, in milliseconds. */
const PAUSE_AFTER_FAILURE_MS = 2_000;

/** How long after a reading a key that is not in it is looked for again, in milliseconds. */
const COOLDOWN_MS = 10_000;

/**
 * Takes tokens of the customer's own issuer. Its keys are read when one is needed, every 10 minutes, and when a token names
 * one that is not known, every 10 s at most.
 *
 * @param fetch reaches the address that whoever runs the gateway has configured
 * @returns who a token says it is of; throws `UNAUTHENTICATED`, and `UNAVAILABLE` when the keys cannot be read
 */
export function createExternalIssuer(
  issuer: ExternalIssuer,
  fetch: typeof globalThis.fetch,
  log: Logger,
): (token: string) => Promise<Caller> {
  let failedAt = Number.NEGATIVE_INFINITY;
  const jwks = createRemoteJWKSet(new URL(issuer.jwksUrl), {
    cooldownDuration: COOLDOWN_MS,
    [customFetch]: async (url, options) => {
      if (performance.now() - failedAt < PAUSE_AFTER_FAILURE_MS) throw new Error("it failed a moment ago");
      return await fetch(url, options);
    },
  });

  const keyOf: JWTVerifyGetKey = async (header, token) => {
    try {
      return await jwks(header, token);
    } catch (error) {
      const isAboutToken =
        error instanceof errors.JWKSNoMatchingKey ||
        error instanceof errors.JWKSMultipleMatchingKeys ||
        error instanceof errors.JOSENotSupported;
      if (isAboutToken) throw error;
      if (performance.now() - failedAt >= PAUSE_AFTER_FAILURE_MS) {
        failedAt = performance.now();
        log.warn({ err: error, url: issuer.jwksUrl }, "the issuer's keys cannot be read");
      }
      const message = "The keys of this token's issuer cannot be read right now. Try again in a moment.";
      throw new ApiError("UNAVAILABLE", message, [], { cause: error });
    }
  };

  return async (token) => {
    try {
      const { payload } = await jwtVerify(token, keyOf, {
        algorithms: ALGORITHMS,
        issuer: issuer.issuer,
        audience: issuer.audience,
        requiredClaims: ["exp"],
        clockTolerance: CLOCK_TOLERANCE_S,
      });
      return callerOf(issuer, payload);
    } catch (error) {
      throw refusalOf(error);
    }
  };
}

function callerOf(issuer: ExternalIssuer, payload: JWTPayload): Caller {
  const expiresAt = new Date((payload.exp ?? 0) * 1_000);
  // The tolerance is for clocks that run ahead: a token ends when it says.
  if (expiresAt.getTime() <= Date.now()) throw unauthenticated("This token has expired.");
  const subject = claimAt(payload, issuer.subjectClaim);
  if (typeof subject !== "string" || subject === "" || subject.length > 255 || !isStorableText(subject)) {
    throw unauthenticated(
      `This token's claim \`${issuer.subjectClaim}\` must be a text of 1 to 255 characters: it says who its user is.`,
    );
  }
  return {
    viewer: { project: issuer.project, subject, keyId: null },
    scopes: new Set(scopesOf(issuer, payload)),
    by: "external",
    expiresAt,
  };
}

function scopesOf(issuer: ExternalIssuer, payload: JWTPayload): TokenScope[] {
  const most = TOKEN_SCOPES.filter((scope) => issuer.scopes.includes(scope));
  if (issuer.scopesClaim === null) return most;
  const claim = claimAt(payload, issuer.scopesClaim);
  const words: unknown[] = typeof claim === "string" ? claim.split(" ") : Array.isArray(claim) ? claim : [];
  return most.filter((scope) => words.includes(scope));
}

/** The claim of this name, which may have dots in it as an address has, or else the one at this path. */
function claimAt(claims: object, path: string): unknown {
  if (Object.hasOwn(claims, path)) return Reflect.get(claims, path);
  return path.split(".").reduce<unknown>((value, name) => {
    const isThere = typeof value === "object" && value !== null && Object.hasOwn(value, name);
    return isThere ? Reflect.get(value, name) : undefined;
  }, claims);
}
