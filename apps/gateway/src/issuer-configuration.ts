import { TOKEN_SCOPES, type TokenScope } from "@reelwire/core";
import type { ExternalIssuer } from "@reelwire/engine";
import { z } from "zod";

function isTokenScope(text: string): text is TokenScope {
  return TOKEN_SCOPES.some((scope) => scope === text);
}

/** Not `httpAddress`: an address of keys may have a query, and a slash at its end. */
function isKeysAddress(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && /^https?:$/.test(url.protocol) && !url.username && !url.password && !url.hash;
}

const printable = z.string().regex(/^[\x21-\x7e]+$/, "must be printable ASCII without spaces");

/** A claim's name, or a path to one that is nested; either may be an address, as `https://example.com/user`. */
const claim = printable.max(255, "must be the name of a claim");

/** The variables about the customer's own identity provider, as they are in the environment. */
export const issuerVariables = {
  // Taken to the letter: tokens have it with its slash at the end, or without.
  REELWIRE_JWT_ISSUER: printable.optional(),
  REELWIRE_JWT_AUDIENCE: printable.optional(),
  REELWIRE_JWT_JWKS_URL: z
    .string()
    .refine(isKeysAddress, "must be an http(s) address without user name and fragment")
    .optional(),
  REELWIRE_JWT_PROJECT: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,63}$/, "must be 1 to 64 of a–z, 0–9 and -, beginning with a letter or digit")
    .default("default"),
  REELWIRE_JWT_SUBJECT_CLAIM: claim.default("sub"),
  REELWIRE_JWT_SCOPES_CLAIM: claim.optional(),
  REELWIRE_JWT_SCOPES: z
    .string()
    .transform((list) => list.split(",").map((scope) => scope.trim()))
    .refine((list) => list.every(isTokenScope), `must list scopes, with commas, of ${TOKEN_SCOPES.join(" and ")}`)
    .transform((list) => [...new Set(list.filter(isTokenScope))])
    .default([...TOKEN_SCOPES]),
};

const NEEDED = ["REELWIRE_JWT_ISSUER", "REELWIRE_JWT_AUDIENCE", "REELWIRE_JWT_JWKS_URL"] as const;

/** What is wrong with those that are set, taken together; a line for each thing. */
export function issuerProblems(given: Readonly<Record<string, unknown>>): string[] {
  const [first] = Object.keys(issuerVariables).filter((name) => name in given);
  const missing = NEEDED.filter((name) => !(name in given));
  if (first === undefined || missing.length === 0) return [];
  return [
    `${first} is set without ${missing.join(", ")}: set ${missing.length > 1 ? "them" : "it"} too, or nothing of REELWIRE_JWT for no issuer of your own.`,
  ];
}

/** What the variables say, once there is nothing wrong with them; `null`: there is no such provider. */
export function issuerConfiguration(variables: z.infer<z.ZodObject<typeof issuerVariables>>): ExternalIssuer | null {
  const issuer = variables.REELWIRE_JWT_ISSUER;
  const audience = variables.REELWIRE_JWT_AUDIENCE;
  const jwksUrl = variables.REELWIRE_JWT_JWKS_URL;
  if (!issuer || !audience || !jwksUrl) return null;
  return {
    issuer,
    audience,
    jwksUrl,
    project: variables.REELWIRE_JWT_PROJECT,
    subjectClaim: variables.REELWIRE_JWT_SUBJECT_CLAIM,
    scopesClaim: variables.REELWIRE_JWT_SCOPES_CLAIM ?? null,
    scopes: variables.REELWIRE_JWT_SCOPES,
  };
}
