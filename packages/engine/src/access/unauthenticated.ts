import { ApiError } from "@reelwire/core";
import { errors } from "jose";

/** Somebody who is not known, and why. */
export function unauthenticated(why: string, cause?: unknown): ApiError {
  return new ApiError("UNAUTHENTICATED", why, [], { cause });
}

const CLAIM_REFUSALS: Record<string, string> = {
  nbf: "This token is not valid yet.",
  aud: "This token is meant for somebody else: its audience is another.",
  iss: "This token is of an issuer that is not known here.",
  typ: "This token is none for access: its header says that it is something else.",
};

/**
 * What to say of a token that was refused; an error that is about something else comes back as it is. A signature is looked
 * at before what is signed, so whoever hears of that has a token that was once good.
 */
export function refusalOf(error: unknown): unknown {
  if (error instanceof errors.JWTExpired) return unauthenticated("This token has expired.", error);
  if (error instanceof errors.JWTClaimValidationFailed) {
    const why = error.reason === "missing" ? undefined : CLAIM_REFUSALS[error.claim];
    return unauthenticated(why ?? `This token's claim \`${error.claim}\` is missing or not what it must be.`, error);
  }
  if (error instanceof errors.JOSEAlgNotAllowed) {
    return unauthenticated("This token is signed by an algorithm that is not taken here.", error);
  }
  if (error instanceof errors.JWSSignatureVerificationFailed) {
    return unauthenticated("This token's signature is wrong: it was altered, or signed by somebody else.", error);
  }
  if (error instanceof errors.JWKSNoMatchingKey) {
    return unauthenticated("This token is signed by a key that its issuer does not have.", error);
  }
  if (error instanceof errors.JWKSMultipleMatchingKeys) {
    return unauthenticated("This token must say by `kid` which of its issuer's keys it is signed by.", error);
  }
  return error instanceof errors.JOSEError ? malformed(error) : error;
}

/** What can be no credential at all. */
export function malformed(cause?: unknown): ApiError {
  return unauthenticated("What was sent is neither an API key nor a token: it is cut off, or damaged.", cause);
}
