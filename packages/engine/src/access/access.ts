import type { Scope, TokenScope } from "@reelwire/core";
import type { Viewer } from "../viewer.ts";

/** Who somebody turned out to be, and what they may do. */
export interface Caller {
  viewer: Viewer;
  scopes: ReadonlySet<Scope>;
  /**
   * What said so. `open`: nobody was asked, since there are no keys. `key`: an API key. `token`: an access token that an API key made.
   * `external`: a token of the customer's own issuer.
   */
  by: "open" | "key" | "token" | "external";
  /** When it ends by itself. */
  expiresAt: Date | null;
}

/** A caller whose rights may end while they are used, as by a websocket. */
export interface LiveCaller {
  /** Aborts when they end; its reason is `"expired"` or `"revoked"`. */
  ended: AbortSignal;
  /** Ends the watching. */
  release(): void;
}

/** An API key, without its secret. */
export interface ApiKey {
  /** `key_` and 26 characters. */
  id: string;
  project: string;
  name: string;
  scopes: readonly Scope[];
  /** The key that made it; `null`: the operator, on the command line. */
  createdBy: string | null;
  createdAt: Date;
  expiresAt: Date | null;
  revokedAt: Date | null;
  /** To the minute; `null`: never. */
  lastUsedAt: Date | null;
}

/** What a key is made of. */
export interface NewApiKey {
  /** 1 to 64 of `a–z 0–9 -`, beginning with a letter or digit. Made if there is none of this name. */
  project: string;
  /** For people: 1 to 100 characters. */
  name: string;
  scopes: readonly Scope[];
  expiresAt: Date | null;
  createdBy: string | null;
}

/** What an access token is made of. */
export interface NewAccessToken {
  /** The customer's own user, 1 to 255 characters: the token sees and changes what this subject made. `null` only with `videoIds`. */
  subject: string | null;
  scopes: readonly TokenScope[];
  /** The only videos that it may see, of whatever subject; `null`: all of its subject's. 1 to 100. */
  videoIds: readonly string[] | null;
  /** 1 to 86,400. */
  expiresInSeconds: number;
}

/** A token that was made: shown once, kept nowhere. */
export interface AccessToken {
  token: string;
  expiresAt: Date;
}

/** The customer's own identity provider. */
export interface ExternalIssuer {
  /** What `iss` must be; not `reelwire`, which is our own. */
  issuer: string;
  /** What `aud` must be or contain. */
  audience: string;
  /** Where its public keys are. */
  jwksUrl: string;
  /** The project that its tokens are for. */
  project: string;
  /** The claim that holds the subject; a path with dots for one that is nested. */
  subjectClaim: string;
  /** The claim that holds what is allowed: a text with spaces, or a list; `null`: `scopes` alone counts. */
  scopesClaim: string | null;
  /** What a token may do by whatever its claim says; with `scopesClaim`, what it may do at most. */
  scopes: readonly TokenScope[];
}

/** How access is set up. */
export interface AccessOptions {
  /** Whose tokens are taken besides our own; `null`: nobody's. */
  issuer: ExternalIssuer | null;
  /** Whether to refuse to start where nobody would be asked who they are. */
  mustBeRequired: boolean;
}

/** Who may do what. */
export interface Access {
  /** Whether callers are asked who they are: as soon as one key was ever made, or an issuer is configured. It never turns false again. */
  isRequired(): boolean;
  /**
   * Who it is that sends this credential: an API key, an access token, or a token of the external issuer.
   *
   * @param credential `null`: none was sent
   * @throws {ApiError} `UNAUTHENTICATED`, saying why; `UNAVAILABLE` when the database or the issuer cannot be asked
   */
  authenticate(credential: string | null): Promise<Caller>;
  /** Watches over a caller's rights as long as they are used. */
  watch(caller: Caller): LiveCaller;
  /** Looks again at a caller who was let in before. @throws {ApiError} `UNAUTHENTICATED` where their rights have ended, as far as this node knows */
  assertCurrent(caller: Caller): void;
  /** Makes a key. Its secret is in the answer and nowhere else. @throws {ApiError} `BAD_INPUT` */
  createKey(input: NewApiKey): Promise<{ key: ApiKey; secret: string }>;
  /** The keys of a project, or of all, the newest first; revoked ones too. */
  keys(project: string | null): Promise<ApiKey[]>;
  /** Ends a key, and every token it made, on every node. Again: answers the same. @throws {ApiError} `NOT_FOUND` */
  revokeKey(project: string | null, id: string): Promise<ApiKey>;
  /**
   * Makes an access token on behalf of a key; it ends with that key.
   *
   * @throws {ApiError} `FORBIDDEN` for a caller that is not a key, and for scopes that it has not; `BAD_INPUT`
   */
  createToken(caller: Caller, input: NewAccessToken): Promise<AccessToken>;
  /** A token by which a caller that may create and not read can watch one video that it made, for an hour. */
  createWatchToken(caller: Caller, videoId: string): Promise<AccessToken>;
}
