import { expect, onTestFinished, test } from "vitest";
import { silentLogger } from "../../src/logger.ts";
import { claimDeliveries, type DueDelivery } from "../../src/webhooks/claim-deliveries.ts";
import { startDeliveryLoop } from "../../src/webhooks/delivery-loop.ts";
import { storeNode } from "../stored-video.ts";
import { endedVideo, openWebhookStore, somebody } from "./webhook-store.ts";

test("deliveries whose claim was not answered, as a connection was lost, are found and made", async () => {
  const store = await openWebhookStore("postgres");
  onTestFinished(() => store.close());
  const { db } = store.shared;
  const queue = store.queue.deliveries;
  const nodeId = await storeNode(db.kysely);
  await endedVideo(store, somebody(), { callbackUrl: "https://a.example/" });
  await queue.restore();
  let claims = 0;
  const delivered = Promise.withResolvers<DueDelivery>();
  const loop = startDeliveryLoop({
    queue,
    node: {
      current: () => ({ nodeId, lost: new AbortController().signal, isHeld: () => true }),
      close: async () => {},
    },
    async claim(...asked) {
      claims += 1;
      const claimed = await claimDeliveries({ db, queue }, ...asked);
      if (claims === 1) throw new Error(`lost, with ${claimed.due.length} claimed`);
      return claimed;
    },
    async deliver(due) {
      delivered.resolve(due);
      return null;
    },
    log: silentLogger,
  });
  expect((await delivered.promise).url).toBe("https://a.example/");
  await loop.close(0);
});

test("closing cuts off what does not end, and hands it back at once", async () => {
  const store = await openWebhookStore("postgres");
  onTestFinished(() => store.close());
  const { db } = store.shared;
  const queue = store.queue.deliveries;
  const nodeId = await storeNode(db.kysely);
  await endedVideo(store, somebody(), { callbackUrl: "https://a.example/" });
  await queue.restore();
  const begun = Promise.withResolvers<void>();
  const loop = startDeliveryLoop({
    queue,
    node: {
      current: () => ({ nodeId, lost: new AbortController().signal, isHeld: () => true }),
      close: async () => {},
    },
    claim: (...asked) => claimDeliveries({ db, queue }, ...asked),
    deliver: (_, signal) =>
      new Promise((__, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason));
        begun.resolve();
      }),
    log: silentLogger,
  });
  await begun.promise;
  await loop.close(0);
  const { due } = await claimDeliveries({ db, queue }, nodeId, 10);
  expect(due).toMatchObject([{ url: "https://a.example/" }]);
});
