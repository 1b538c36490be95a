import type { Engine, Viewer } from "@reelwire/engine";

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
  >;
  /** Who asks. */
  viewer: Viewer;
  /** Where clients reach the gateway: an origin, perhaps with a path, without a slash at its end. */
  publicUrl: string;
}
