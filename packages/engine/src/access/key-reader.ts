import type { Kysely } from "kysely";
import type { EngineSchema } from "../database/schema.ts";
import { throughOutage } from "../database-outage.ts";
import { findKey, type StoredKey } from "./key-rows.ts";

/** How long a row that was read is good, in milliseconds, where no notice says otherwise. */
const HOLDS_MS = 5_000;

/** The most rows kept, and revocations remembered. The oldest go first. */
const MOST = 10_000;

/** Reads keys, each at most every 5 s however many ask. */
export interface KeyReader {
  /**
   * A key as it is, or was at most 5 s ago; a revocation that this node has heard of shows at once. `null`: there is none.
   *
   * @throws {ApiError} `UNAVAILABLE`
   */
  read(id: string): Promise<StoredKey | null>;
  /** Whether this node knows of a key that it was revoked. */
  isRevoked(id: string): boolean;
  /** The keys that were read lately. */
  keptIds(): string[];
  /** Takes note that a key was revoked. It never comes back. */
  revoke(id: string): void;
  /** Reads everything anew: something may have been missed. */
  forgetAll(): void;
}

export function createKeyReader(db: Kysely<EngineSchema>, closing: AbortSignal): KeyReader {
  const kept = new Map<string, { readAt: number; key: Promise<StoredKey | null> }>();
  const revoked = new Set<string>();

  function readAnew(id: string): Promise<StoredKey | null> {
    const entry = { readAt: performance.now(), key: throughOutage(() => findKey(db, id), closing) };
    kept.delete(id);
    kept.set(id, entry);
    dropOldest(kept);
    const drop = () => {
      if (kept.get(id) === entry) kept.delete(id);
    };
    // What is not there is not kept: invented ids must not crowd out those that are.
    entry.key.then((key) => key === null && drop(), drop);
    return entry.key;
  }

  return {
    async read(id) {
      const entry = kept.get(id);
      const isGood = entry !== undefined && performance.now() - entry.readAt < HOLDS_MS;
      const key = await (isGood ? entry.key : readAnew(id));
      // It may have been read before it was revoked.
      return key !== null && key.revokedAt === null && revoked.has(id) ? { ...key, revokedAt: new Date() } : key;
    },
    isRevoked: (id) => revoked.has(id),
    keptIds() {
      const since = performance.now() - HOLDS_MS;
      return [...kept].flatMap(([id, { readAt }]) => (readAt > since ? [id] : []));
    },
    revoke(id) {
      kept.delete(id);
      revoked.add(id);
      dropOldest(revoked);
    },
    forgetAll: () => kept.clear(),
  };
}

function dropOldest(kept: Map<string, unknown> | Set<string>): void {
  if (kept.size <= MOST) return;
  for (const id of kept.keys()) {
    kept.delete(id);
    return;
  }
}
