import type { VideoState } from "@reelwire/core";
import type { Kysely } from "kysely";
import type { EngineSchema } from "./database/schema.ts";
import { versionsAfter } from "./store.ts";

/**
 * Reads the versions of a video that a subscriber has not seen. Subscribers who ask the same at the same time share one
 * reading, so that a change with ten thousand of them is read once.
 *
 * @param version the last one seen
 * @param noticedVersion the newest one that this subscriber was told of; a reading is shared only with those who knew as
 *   much when it began, since an older one may have begun before the change was there
 */
export type ReadVersions = (id: string, version: number, noticedVersion: number) => Promise<readonly VideoState[]>;

export function createSharedVersions(db: Kysely<EngineSchema>): ReadVersions {
  const underWay = new Map<string, Promise<readonly VideoState[]>>();
  return (id, version, noticedVersion) => {
    const question = `${id} ${version} ${noticedVersion}`;
    let reading = underWay.get(question);
    if (reading === undefined) {
      reading = versionsAfter(db, id, version).finally(() => underWay.delete(question));
      underWay.set(question, reading);
    }
    return reading;
  };
}
