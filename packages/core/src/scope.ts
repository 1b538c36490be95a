/**
 * What a caller may be allowed. `videos:create`: make videos, upload images for them, and cancel them. `videos:read`: see and watch
 * them. `webhooks`: have others told of them. `admin`: everything in the project, and its keys, budgets and usage.
 */
export const SCOPES = ["videos:create", "videos:read", "webhooks", "admin"] as const;
export type Scope = (typeof SCOPES)[number];

/** Each as GraphQL can spell it, and as whoever calls is told of it. */
export const SCOPE_NAMES = {
  "videos:create": "VIDEOS_CREATE",
  "videos:read": "VIDEOS_READ",
  webhooks: "WEBHOOKS",
  admin: "ADMIN",
} as const satisfies Record<Scope, string>;

/** What may be allowed to an access token, which is for a browser. */
export const TOKEN_SCOPES = ["videos:create", "videos:read"] as const satisfies readonly Scope[];
export type TokenScope = (typeof TOKEN_SCOPES)[number];
