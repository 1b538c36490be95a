import { randomUUID } from "node:crypto";
import type { CreateVideoInput, VideoEvent } from "@reelwire/core";
import type { Viewer, WebhookDelivery, Webhooks } from "../../src/index.ts";
import { silentLogger } from "../../src/logger.ts";
import { type JobQueue, openQueue } from "../../src/queue.ts";
import type { StoredVideo } from "../../src/video-row.ts";
import { createWebhooks } from "../../src/webhooks/create-webhooks.ts";
import type { DatabaseKind } from "../database/temporary-database.ts";
import { apply, type SharedDatabase, sharedDatabase, storeVideo } from "../stored-video.ts";

/** Webhooks on a database, without an engine: nothing is sent. */
export interface WebhookStore {
  shared: SharedDatabase;
  queue: JobQueue;
  webhooks: Webhooks;
  close(): Promise<void>;
}

export async function openWebhookStore(kind: DatabaseKind): Promise<WebhookStore> {
  const shared = await sharedDatabase(kind);
  const queue = await openQueue(shared.db, silentLogger);
  const webhooks = createWebhooks({
    db: shared.db,
    queue: queue.deliveries,
    network: { allowPrivateAddresses: true, resolve: (_, __, callback) => callback(null, [RECEIVER]) },
    wake: () => {},
    log: silentLogger,
    closing: new AbortController().signal,
  });
  return {
    shared,
    queue,
    webhooks,
    async close() {
      await queue.close();
      await shared.close();
    },
  };
}

const RECEIVER = { address: "192.168.0.1", family: 4 };

/** Somebody who sees what is of one test alone. */
export function somebody(subject: string | null = null, project: string = randomUUID()): Viewer {
  return { project, subject, keyId: null };
}

/** The error of a video that failed. */
const failure = { code: "UPSTREAM_FORBIDDEN", message: "No.", retryable: false, billed: false } as const;

const endings = {
  COMPLETED: {
    type: "submit_accepted",
    generation: { id: "g", status: "completed", url: "http://a/f.mp4", error: null, usage: null },
  },
  FAILED: { type: "submit_refused", error: failure },
  CANCELED: { type: "canceled" },
} as const satisfies Record<string, VideoEvent>;

/** A video of somebody's that is about to end. */
export async function submittingVideo(
  { shared }: WebhookStore,
  viewer: Viewer,
  input: Partial<CreateVideoInput> = {},
): Promise<StoredVideo> {
  const { kysely } = shared.db;
  return await apply(kysely, await storeVideo(kysely, viewer, input), { type: "submit_started" });
}

/** A video of somebody's that has ended. */
export async function endedVideo(
  store: WebhookStore,
  viewer: Viewer,
  input: Partial<CreateVideoInput> = {},
  ending: keyof typeof endings = "COMPLETED",
): Promise<StoredVideo> {
  return await apply(store.shared.db.kysely, await submittingVideo(store, viewer, input), endings[ending]);
}

/** What is told to whom, in no order. */
export function told(deliveries: readonly WebhookDelivery[]): string[] {
  return deliveries.map(({ webhookId, url, event }) => `${event} to ${webhookId ?? url}`).sort();
}
