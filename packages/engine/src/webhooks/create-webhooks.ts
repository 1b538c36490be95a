import { ApiError, deliveryIdToUuid, isStorableText, parseNewWebhook } from "@reelwire/core";
import type { EngineDatabase } from "../database/database.ts";
import type { EngineSchema } from "../database/schema.ts";
import { throughOutage } from "../database-outage.ts";
import type { Logger } from "../logger.ts";
import type { Viewer } from "../viewer.ts";
import type { DeliveryQueue } from "./delivery-queue.ts";
import { listDeliveries, restartDelivery } from "./delivery-rows.ts";
import { checkReceiver, type ReceiverNetwork } from "./receiver-address.ts";
import {
  deleteWebhook,
  enableWebhook,
  findWebhook,
  hasWebhooks,
  insertWebhook,
  listWebhooks,
  reuseWebhook,
  rotateWebhookSecret,
} from "./webhook-rows.ts";
import { newSecret, rotateCallbackSecret } from "./webhook-secret.ts";
import type { Webhooks } from "./webhooks.ts";

/** What they need. */
export interface WebhooksContext {
  db: EngineDatabase<EngineSchema>;
  queue: DeliveryQueue;
  network: ReceiverNetwork;
  /** Called when there is something to deliver. */
  wake: () => void;
  log: Logger;
  /** Aborts when the engine closes. */
  closing: AbortSignal;
}

export function createWebhooks({ db, queue, network, wake, log, closing }: WebhooksContext): Webhooks {
  const { kysely } = db;

  /** Does something with the viewer's webhook of an id. @throws {ApiError} `NOT_FOUND` */
  async function withOne<Result>(id: string, work: () => Promise<Result | null>): Promise<Result> {
    const result = isStorableText(id) ? await throughOutage(work, closing) : null;
    if (result === null) throw new ApiError("NOT_FOUND");
    return result;
  }

  const reuse = async (viewer: Viewer, asked: ReturnType<typeof parseNewWebhook>) => {
    const found = await throughOutage(() => reuseWebhook(kysely, viewer, asked), closing);
    return found === null ? null : { ...found, reused: true };
  };

  return {
    async create(viewer, input) {
      if (!hasWebhooks(viewer)) throw new ApiError("FORBIDDEN", "A token for some videos cannot make webhooks.");
      const asked = parseNewWebhook(input);
      const earlier = await reuse(viewer, asked);
      if (earlier !== null) return earlier;
      await checkReceiver(network, asked.url, "url");
      const insert = () => db.transaction((transaction) => insertWebhook(transaction.kysely, viewer, asked));
      const made = await throughOutage(insert, closing);
      if (made !== null) {
        log.info(
          { webhook: made.webhook.id, project: viewer.project, host: URL.parse(asked.url)?.host },
          "webhook made",
        );
        return { ...made, reused: false };
      }
      const other = await reuse(viewer, asked);
      // Made by somebody else in between, and deleted.
      if (other === null) throw new ApiError("UNAVAILABLE");
      return other;
    },
    list: (viewer) => throughOutage(() => listWebhooks(kysely, viewer), closing),
    async find(viewer, id) {
      return isStorableText(id) ? await throughOutage(() => findWebhook(kysely, viewer, id), closing) : null;
    },
    async delete(viewer, id) {
      const deleted = await withOne(id, () =>
        db.transaction((transaction) => deleteWebhook(transaction.kysely, viewer, id)),
      );
      log.info({ webhook: id, project: viewer.project }, "webhook deleted");
      return deleted;
    },
    async enable(viewer, id) {
      const enabled = await withOne(id, () => enableWebhook(kysely, viewer, id));
      log.info({ webhook: id, project: viewer.project }, "webhook switched on");
      return enabled;
    },
    async rotateSecret(viewer, id) {
      if (id === null && (viewer.subject !== null || !hasWebhooks(viewer))) {
        throw new ApiError("FORBIDDEN", "The project's secret is for those who act for the whole project.");
      }
      const secret = newSecret();
      const rotated =
        id === null
          ? await throughOutage(() => rotateCallbackSecret(kysely, viewer.project, secret), closing)
          : await withOne(id, () => rotateWebhookSecret(kysely, viewer, id, secret));
      log.info({ webhook: id, project: viewer.project }, "webhook secret rotated");
      return rotated;
    },
    deliveries: (viewer, filter, limit) => throughOutage(() => listDeliveries(kysely, viewer, filter, limit), closing),
    async redeliver(viewer, deliveryId) {
      const uuid = deliveryIdToUuid(deliveryId);
      const again = await withOne(deliveryId, async () => {
        if (uuid === null) return null;
        return await db.transaction(async (transaction) => {
          const restarted = await restartDelivery(transaction.kysely, viewer, uuid);
          if (restarted !== null) await queue.sendAgain(transaction.executor, restarted.row);
          return restarted?.delivery ?? null;
        });
      });
      wake();
      log.info({ delivery: deliveryId, project: viewer.project }, "delivery begins anew");
      return again;
    },
  };
}
