import { ApiError, isApiKeyId, newApiKeyId, parseNewApiKey } from "@reelwire/core";
import type { EngineDatabase } from "../database/database.ts";
import type { EngineSchema } from "../database/schema.ts";
import { throughOutage } from "../database-outage.ts";
import type { Access } from "./access.ts";
import { type AccessNotice, changeKeys } from "./access-notices.ts";
import { endKey, insertKey, listKeys } from "./key-rows.ts";
import { hashOf, newSecret } from "./key-secret.ts";

/** Makes, lists and ends keys. */
export type KeyAdministration = Pick<Access, "createKey" | "keys" | "revokeKey">;

/**
 * @param onChange called once a change is saved; the other nodes are told besides
 * @param closing aborts when nobody waits for an answer any more
 */
export function administerKeys(
  db: EngineDatabase<EngineSchema>,
  onChange: (notice: AccessNotice) => void,
  closing: AbortSignal,
): KeyAdministration {
  return {
    async createKey(input) {
      const id = newApiKeyId();
      const key = { id, ...parseNewApiKey(input), createdAt: new Date(), revokedAt: null, lastUsedAt: null };
      const secret = newSecret(id);
      const notice: AccessNotice = { type: "made", keyId: id };
      await throughOutage(
        () => changeKeys(db, notice, ({ kysely }) => insertKey(kysely, { ...key, hash: hashOf(secret) })),
        closing,
      );
      onChange(notice);
      return { key, secret };
    },
    keys: (project) => throughOutage(() => listKeys(db.kysely, project), closing),
    async revokeKey(project, id) {
      if (!isApiKeyId(id)) throw new ApiError("NOT_FOUND");
      const notice: AccessNotice = { type: "revoked", keyId: id };
      const now = new Date();
      const key = await throughOutage(
        () =>
          changeKeys(db, notice, async ({ kysely }) => {
            const ended = await endKey(kysely, project, id, now);
            // Thrown within the transaction, so that nobody is told of a key that is not ended.
            if (ended === null) throw new ApiError("NOT_FOUND");
            return ended;
          }),
        closing,
      );
      onChange(notice);
      return key;
    },
  };
}
