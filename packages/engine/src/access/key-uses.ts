import type { Kysely } from "kysely";
import type { EngineSchema } from "../database/schema.ts";
import type { Logger } from "../logger.ts";
import { saveUse } from "./key-rows.ts";

/** How often a use of a key is saved, in milliseconds. */
const SAVED_EVERY_MS = 60_000;

/** Saves when keys were last used, behind the backs of those who use them. */
export interface KeyUses {
  /** A key was used. Saved at most once a minute, soon, or not at all where the database is away. */
  used(id: string): void;
  /** Resolves when nothing is being saved any more. */
  close(): Promise<void>;
}

export function createKeyUses(db: Kysely<EngineSchema>, log: Logger): KeyUses {
  const savedAt = new Map<string, number>();
  const waiting = new Map<string, Date>();
  let saving: Promise<void> | null = null;

  async function saveAll(): Promise<void> {
    // One by one: nodes that save several at once could wait for each other.
    for (const [id, at] of waiting) {
      waiting.delete(id);
      await saveUse(db, id, at).catch((error: unknown) =>
        log.warn({ reason: error instanceof Error ? error.message : String(error) }, "the use of a key was not saved"),
      );
    }
    saving = null;
  }

  return {
    used(id) {
      const now = Date.now();
      if (now - (savedAt.get(id) ?? Number.NEGATIVE_INFINITY) < SAVED_EVERY_MS) return;
      if (savedAt.size >= 10_000) savedAt.clear();
      savedAt.set(id, now);
      waiting.set(id, new Date(now));
      saving ??= saveAll();
    },
    async close() {
      await saving;
    },
  };
}
