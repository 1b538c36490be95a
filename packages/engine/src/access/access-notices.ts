import { isApiKeyId } from "@reelwire/core";
import { sql } from "kysely";
import type { EngineDatabase, EngineTransaction } from "../database/database.ts";
import type { EngineSchema } from "../database/schema.ts";

/** The channel that nodes tell each other of keys on. */
export const ACCESS_CHANNEL = "reelwire_access";

/** Something happened to a key. */
export interface AccessNotice {
  type: "made" | "revoked";
  keyId: string;
}

/**
 * Makes a change to a key, and tells the other nodes of it: all hear of it if it is saved, and none if it is not. That a
 * transaction which notifies holds up others until it has committed is no matter here, since keys change seldom.
 */
export async function changeKeys<Result>(
  db: EngineDatabase<EngineSchema>,
  notice: AccessNotice,
  change: (transaction: EngineTransaction<EngineSchema>) => Promise<Result>,
): Promise<Result> {
  return await db.transaction(async (transaction) => {
    const result = await change(transaction);
    // An embedded database has no other nodes.
    if (db.kind === "postgres") {
      const payload = `${notice.type} ${notice.keyId}`;
      await sql`SELECT pg_notify(${ACCESS_CHANNEL}, ${payload})`.execute(transaction.kysely);
    }
    return result;
  });
}

/** What another node said; `null` where it cannot be read, as from another release: then everything is read again. */
export function readNotice(payload: string): AccessNotice | null {
  const [type, keyId = ""] = payload.split(" ");
  return (type === "made" || type === "revoked") && isApiKeyId(keyId) ? { type, keyId } : null;
}
