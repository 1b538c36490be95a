import type { Access, Caller, Engine, Viewer } from "@reelwire/engine";

/** What every resolver gets. One for each HTTP request, and one for each operation on a websocket. */
export interface GraphqlContext {
  engine: Pick<
    Engine,
    | "createVideo"
    | "cancelVideo"
    | "video"
    | "videos"
    | "watchVideo"
    | "watchActivity"
    | "progress"
    | "fileAddress"
    | "request"
    | "quote"
    | "budgets"
    | "setBudget"
    | "removeBudget"
    | "usage"
    | "webhooks"
  >;
  access: Pick<Access, "assertCurrent" | "createKey" | "keys" | "revokeKey" | "createToken" | "createWatchToken">;
  /** Who asks, and what they may do. */
  caller: Caller;
  /** The caller's eyes: what every function of the engine is given. */
  viewer: Viewer;
  /** Where clients reach the gateway: an origin, perhaps with a path, without a slash at its end. */
  publicUrl: string;
  /** Whether the built-in emulator stands in for the upstream. */
  isEmulated: boolean;
  /** Puts the caller that a new credential is of in the place of the socket's; see `renewAccess`. `null` over HTTP. */
  renewAccess: ((credential: string) => Promise<Caller>) | null;
}

/** What a caller's operation is served with. */
export type ContextFor = (caller: Caller, renewAccess?: GraphqlContext["renewAccess"]) => GraphqlContext;
