import type { Caller, LiveCaller } from "./access.ts";

/** The longest that a timer can wait, in milliseconds; a longer one would go off at once. */
const LONGEST_WAIT_MS = 2 ** 31 - 1;

/** The callers whose rights are watched over. */
export interface LiveCallers {
  /** Watches over one until it is released, or ends. */
  watch(caller: Caller): LiveCaller;
  /** Ends all whose rights come from this key. */
  revokeKey(keyId: string): void;
  /** Ends all whose rights come from nobody having been asked. */
  revokeOpen(): void;
  /** Ends those that should have ended while this process, or its machine, slept: timers do not count that. */
  endExpired(): void;
  /** The keys that somebody's rights come from. */
  keyIds(): string[];
  /** Forgets all, without ending them. */
  close(): void;
}

/** One that is watched over. */
interface Watched {
  caller: Caller;
  ended: AbortController;
  timer: NodeJS.Timeout | null;
}

/** @param isRevoked whether a caller's rights have been revoked already */
export function createLiveCallers(isRevoked: (caller: Caller) => boolean): LiveCallers {
  /** By key; under `null` those who have none. */
  const byKey = new Map<string | null, Set<Watched>>();

  function remove(watched: Watched): void {
    if (watched.timer !== null) clearTimeout(watched.timer);
    const { keyId } = watched.caller.viewer;
    const sameKey = byKey.get(keyId);
    sameKey?.delete(watched);
    if (sameKey?.size === 0) byKey.delete(keyId);
  }

  function end(watched: Watched, reason: "expired" | "revoked"): void {
    remove(watched);
    watched.ended.abort(reason);
  }

  function endInTime(watched: Watched): void {
    const { expiresAt } = watched.caller;
    if (expiresAt === null) return;
    const leftMs = expiresAt.getTime() - Date.now();
    if (leftMs <= 0) end(watched, "expired");
    else watched.timer = setTimeout(() => endInTime(watched), Math.min(leftMs, LONGEST_WAIT_MS));
  }

  const all = () => [...byKey.values()].flatMap((watched) => [...watched]);

  return {
    watch(caller) {
      const watched: Watched = { caller, ended: new AbortController(), timer: null };
      const { keyId } = caller.viewer;
      byKey.set(keyId, (byKey.get(keyId) ?? new Set()).add(watched));
      if (isRevoked(caller)) end(watched, "revoked");
      else endInTime(watched);
      return { ended: watched.ended.signal, release: () => remove(watched) };
    },
    revokeKey(keyId) {
      for (const watched of byKey.get(keyId) ?? []) end(watched, "revoked");
    },
    revokeOpen() {
      for (const watched of byKey.get(null) ?? []) if (watched.caller.by !== "external") end(watched, "revoked");
    },
    endExpired() {
      const now = Date.now();
      for (const watched of all()) {
        if ((watched.caller.expiresAt?.getTime() ?? Number.POSITIVE_INFINITY) <= now) end(watched, "expired");
      }
    },
    keyIds: () => [...byKey.keys()].filter((keyId) => keyId !== null),
    close() {
      for (const watched of all()) remove(watched);
    },
  };
}
