import { type AuthFailure, AuthScopeFailureType } from "@pothos/plugin-scope-auth";
import { ApiError, SCOPE_NAMES, SCOPES, type Scope } from "@reelwire/core";
import type { Caller } from "@reelwire/engine";

/** Whether a caller may do what a scope allows. Administrators may do everything. */
export function may({ scopes }: Caller, scope: Scope): boolean {
  return scopes.has(scope) || scopes.has("admin");
}

/** What every root field says about who may ask for it: exactly one of these. */
export interface FieldAccess {
  /** Whoever sent a valid credential. */
  authenticated: true;
  /** Whoever sent an API key, which is held where its rights are used. */
  apiKey: true;
  scope: Scope;
  anyScope: readonly Scope[];
}

/** How `FieldAccess` is decided for a caller; who sent no valid credential does not come this far. */
export function fieldAccess(caller: Caller) {
  return {
    authenticated: true,
    apiKey: true,
    scope: (scope: Scope) => may(caller, scope),
    anyScope: (scopes: readonly Scope[]) => scopes.some((scope) => may(caller, scope)),
  };
}

/** What the description of a field says of who may ask for it. */
export function needs({ apiKey, scope, anyScope = [] }: Partial<FieldAccess>): string {
  const names = [...(scope === undefined ? [] : [scope]), ...anyScope].map((one) => `\`${SCOPE_NAMES[one]}\``);
  if (names.length > 0) return `Needs ${listed(names, "or")}.`;
  return apiKey ? "Needs an API key." : "Needs any valid credential.";
}

/** @throws {ApiError} `FORBIDDEN`, for a caller who may not do what a scope allows */
export function assertMay(caller: Caller, scope: Scope): void {
  if (!may(caller, scope)) throw lacks(caller, [SCOPE_NAMES[scope]]);
}

/** What a caller is told who may not have a field. */
export function forbidden(caller: Caller, failure: AuthFailure): ApiError {
  return lacks(caller, neededScopes(failure));
}

/** Which scope would do, and which there are. */
function lacks({ scopes }: Caller, needed: readonly string[]): ApiError {
  const allowed =
    scopes.size === 0
      ? "nothing"
      : listed(
          [...scopes].map((scope) => SCOPE_NAMES[scope]),
          "and",
        );
  return new ApiError(
    "FORBIDDEN",
    `This needs the scope ${listed(needed, "or")}, and what you sent allows ${allowed}.`,
  );
}

function neededScopes(failure: AuthFailure): string[] {
  switch (failure.kind) {
    case AuthScopeFailureType.AnyAuthScopes:
    case AuthScopeFailureType.AllAuthScopes:
      return failure.failures.flatMap(neededScopes);
    case AuthScopeFailureType.AuthScope:
      return SCOPES.filter((scope) => [failure.parameter].flat().includes(scope)).map((scope) => SCOPE_NAMES[scope]);
    default:
      return [];
  }
}

const listed = (words: readonly string[], conjunction: "and" | "or") =>
  new Intl.ListFormat("en", { type: conjunction === "and" ? "conjunction" : "disjunction" }).format(words);
