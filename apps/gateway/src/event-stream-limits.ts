import { ApiError } from "@reelwire/core";
import type { Caller } from "@reelwire/engine";

/** What event streams may take. Sizes in bytes, times in milliseconds. */
export interface EventStreamLimits {
  /** Largest body of a request; what is larger is answered with 413. Default: 1 MiB: a subscription has no image. */
  maxRequestBytes: number;
  /** Open streams, all together; beyond them a request is `UNAVAILABLE`. Default: 10,000. */
  maxStreams: number;
  /** Of one API key with all its tokens, or of all users of an issuer in one project; then `RATE_LIMITED`. Default: 5,000. */
  maxStreamsByKey: number;
  /** Of one user; then `RATE_LIMITED`. Default: 100, as many as operations on a websocket. */
  maxStreamsByUser: number;
  /** How much may wait to be read by the client before it counts as slow. Default: 1 MiB. */
  maxBufferedBytes: number;
  /** How long a client may be slow before its connection is cut. Default: 5 s. */
  slowForMs: number;
  /** How long a stream that is ended may take to be read to its end before it is cut. Default: 2 s. */
  closeWithinMs: number;
}

export const DEFAULT_EVENT_STREAM_LIMITS: EventStreamLimits = {
  maxRequestBytes: 1024 * 1024,
  maxStreams: 10_000,
  maxStreamsByKey: 5_000,
  maxStreamsByUser: 100,
  maxBufferedBytes: 1024 * 1024,
  slowForMs: 5_000,
  closeWithinMs: 2_000,
};

/** When to come again who has too many streams, in seconds. */
const RETRY_AFTER_SECONDS = 5;

/**
 * Counts open streams, each for its user, its key, and in all.
 *
 * @returns takes a place for a stream of a caller, and returns how to give it back; throws `RATE_LIMITED` or `UNAVAILABLE`, an
 *   `ApiError`, when there is none
 */
export function createStreamPlaces(limits: EventStreamLimits): (caller: Caller) => () => void {
  const taken = new Map<string, number>();
  const count = (whose: string) => taken.get(whose) ?? 0;

  return ({ viewer: { project, subject, keyId } }) => {
    const ofUser = JSON.stringify(["user", project, subject]);
    const ofKey = JSON.stringify(["key", keyId ?? project]);
    if (subject !== null && count(ofUser) >= limits.maxStreamsByUser) throw tooMany(limits.maxStreamsByUser, "subject");
    if (count(ofKey) >= limits.maxStreamsByKey) throw tooMany(limits.maxStreamsByKey, "API key");
    if (count("all") >= limits.maxStreams) {
      throw new ApiError("UNAVAILABLE", "Too many event streams are open right now. Try again in a moment.");
    }
    const places = subject === null ? [ofKey, "all"] : [ofUser, ofKey, "all"];
    for (const place of places) taken.set(place, count(place) + 1);
    return () => {
      for (const place of places) {
        if (count(place) > 1) taken.set(place, count(place) - 1);
        else taken.delete(place);
      }
    };
  };
}

function tooMany(most: number, whose: string): ApiError {
  const message = `At most ${most} event streams at the same time for one ${whose}. End some, or use a websocket, which takes many subscriptions.`;
  return new ApiError("RATE_LIMITED", message, [], { details: { retryAfterSeconds: RETRY_AFTER_SECONDS } });
}
