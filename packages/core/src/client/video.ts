import type * as Schema from "./generated/schema.ts";

/**
 * One video as the client reads it: everything that the gateway tells of it but `imageUrl` and `lastImageUrl`, each of
 * which may be a data URI of many megabytes. Ask for those with `request`. Times are ISO 8601 in UTC.
 */
export interface Video extends Omit<Schema.Video, "imageUrl" | "lastImageUrl"> {}

/** What `createVideo` answers. */
export interface CreatedVideo {
  /** Saved, and on its way. */
  readonly video: Video;
  /** Whether the `idempotencyKey` given was used before: this is the video made then, and no other is made. */
  readonly reused: boolean;
  /** For who may make videos and not see them: a token by which a client can watch just this one. Otherwise `null`. */
  readonly accessToken: Schema.AccessToken | null;
}

/** What `cancelVideo` answers. */
export interface CanceledVideo extends Omit<Schema.CancelVideoPayload, "video"> {
  /** Now `CANCELED`. */
  readonly video: Video;
}

/** A page of videos. */
export interface VideoPage extends Omit<Schema.VideoConnection, "edges" | "nodes"> {
  /** The videos of this page. */
  readonly nodes: readonly Video[];
}
