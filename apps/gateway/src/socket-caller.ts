import { ApiError, SCOPE_NAMES } from "@reelwire/core";
import type { Access, Caller } from "@reelwire/engine";

/** Who uses a websocket, or an event stream, for as long as they may. */
export interface SocketCaller {
  /** Who it is now. */
  readonly current: Caller;
  /**
   * For a websocket: puts somebody of whom this is the credential in their place, who must be the same one with as much allowed. What is under
   * way goes on.
   *
   * @throws {ApiError} `UNAUTHENTICATED`, `FORBIDDEN`; nothing has changed then
   */
  renew(credential: string): Promise<Caller>;
  /** Ends the watching. */
  release(): void;
}

/**
 * Watches over a caller's rights until they end, or it is released.
 *
 * @param onEnded called once, when they end
 */
export function holdCaller(
  caller: Caller,
  access: Pick<Access, "authenticate" | "watch">,
  onEnded: (why: "expired" | "revoked") => void,
): SocketCaller {
  let current = caller;
  let released = false;
  let release = watchOver(caller);

  function watchOver(watched: Caller): () => void {
    const { ended, release } = access.watch(watched);
    const tell = () => onEnded(ended.reason === "expired" ? "expired" : "revoked");
    if (ended.aborted) tell();
    else ended.addEventListener("abort", tell, { once: true });
    return () => {
      ended.removeEventListener("abort", tell);
      release();
    };
  }

  return {
    get current() {
      return current;
    },
    async renew(credential) {
      const next = await access.authenticate(credential);
      refuseLess(current, next);
      if (released) return next;
      const releaseBefore = release;
      current = next;
      release = watchOver(next);
      releaseBefore();
      return next;
    },
    release() {
      released = true;
      release();
    },
  };
}

/** What is under way was begun with the rights of the caller before: the next one must have them all. */
function refuseLess(before: Caller, next: Caller): void {
  if (next.viewer.project !== before.viewer.project || next.viewer.subject !== before.viewer.subject) {
    throw new ApiError(
      "FORBIDDEN",
      "The new credential is of another project or subject. Open a websocket of its own.",
    );
  }
  const missing = next.scopes.has("admin") ? [] : [...before.scopes].filter((scope) => !next.scopes.has(scope));
  if (missing.length > 0) {
    throw new ApiError(
      "FORBIDDEN",
      `The new credential lacks what the one before allowed: ${missing.map((scope) => SCOPE_NAMES[scope]).join(", ")}.`,
    );
  }
  if (!seesAtLeast(before, next)) {
    throw new ApiError("FORBIDDEN", "The new credential does not see all videos that the one before did.");
  }
}

/** Both being of the same project and subject. */
function seesAtLeast({ viewer: before }: Caller, { viewer: next }: Caller): boolean {
  const { videoIds } = next;
  if (before.videoIds === undefined) return videoIds === undefined;
  // Named videos may be of other subjects, which only the whole project includes.
  if (videoIds === undefined) return next.subject === null;
  return before.videoIds.every((id) => videoIds.includes(id));
}
