import { expect, onTestFinished, test, vi } from "vitest";
import { silentLogger } from "../../src/logger.ts";
import type { NodeMembership } from "../../src/node-membership.ts";
import { type ClaimRules, claimDeliveries, type DueDelivery } from "../../src/webhooks/claim-deliveries.ts";
import { startDeliveryLoop } from "../../src/webhooks/delivery-loop.ts";
import { storeNode } from "../stored-video.ts";
import { endedVideo, openWebhookStore, somebody } from "./webhook-store.ts";

/** The membership of a node that nobody gives up. */
function livingNode(nodeId: string): NodeMembership {
  return {
    current: () => ({ nodeId, lost: new AbortController().signal, isHeld: () => true }),
    close: async () => {},
  };
}

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
    node: livingNode(nodeId),
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
    node: livingNode(nodeId),
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

test("what a node has no room for is there for others at once, and again for itself, and can be left where it is", async () => {
  const store = await openWebhookStore("postgres");
  onTestFinished(() => store.close());
  const { db } = store.shared;
  const queue = store.queue.deliveries;
  const nodeId = await storeNode(db.kysely);
  const viewer = somebody();
  await endedVideo(store, viewer, { callbackUrl: "https://a.example/" });
  await endedVideo(store, viewer, { callbackUrl: "https://b.example/" });
  await queue.restore();
  const claim = (mayTry: ClaimRules["mayTry"], exceptGroups: readonly string[] = []) =>
    claimDeliveries({ db, queue }, nodeId, 10, { mayTry, exceptGroups });
  for (let time = 0; time < 5; time++) {
    const { due, full } = await claim(() => false);
    expect(due).toEqual([]);
    expect(full).toEqual(
      new Map([
        [`${viewer.project} a.example`, viewer.project],
        [`${viewer.project} b.example`, viewer.project],
      ]),
    );
  }
  const { due } = await claim(() => true, [`${viewer.project} a.example`]);
  expect(due).toMatchObject([{ url: "https://b.example/" }]);
  expect((await claim(() => true)).due).toMatchObject([{ url: "https://a.example/" }]);
});

test("a project with more receivers than there is room for is told of everything, as fast as they answer", async () => {
  const store = await openWebhookStore("postgres");
  onTestFinished(() => store.close());
  const { db } = store.shared;
  const queue = store.queue.deliveries;
  const nodeId = await storeNode(db.kysely);
  const viewer = somebody();
  for (let index = 0; index < 80; index++) {
    await endedVideo(store, viewer, { callbackUrl: `https://host${index}.example/` });
  }
  await queue.restore();
  const waiting: (() => void)[] = [];
  let most = 0;
  let delivered = 0;
  const all = Promise.withResolvers<void>();
  const loop = startDeliveryLoop({
    queue,
    node: livingNode(nodeId),
    async claim(...how) {
      const claimed = await claimDeliveries({ db, queue }, ...how);
      // Nothing answers before nothing more is taken.
      if (claimed.due.length === 0) for (const answer of waiting.splice(0)) answer();
      return claimed;
    },
    async deliver({ job }) {
      await new Promise<void>((resolve) => {
        waiting.push(resolve);
        most = Math.max(most, waiting.length);
      });
      // Each was claimed a few times at most, and not as often as there was an answer.
      expect(job.retryCount).toBeLessThan(10);
      await db.transaction(({ executor }) => queue.complete(job, executor));
      await db.kysely.updateTable("webhook_deliveries").set({ status: "DELIVERED" }).where("id", "=", job.id).execute();
      delivered += 1;
      if (delivered === 80) all.resolve();
      return null;
    },
    log: silentLogger,
  });
  await all.promise;
  expect(most).toBe(32);
  await loop.close(0);
});

test("each of several that failed is tried again when it is due, and not only the first", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  onTestFinished(() => void vi.useRealTimers());
  const store = await openWebhookStore("pglite");
  const claimedAt: number[] = [];
  const job = { retryCount: 0, group: null };
  const due = [300, 600].map((ms) => ({
    ...{ job: { ...job, id: `${ms}` }, id: `${ms}`, webhookId: null, videoId: "" },
    ...{ project: "", url: `${ms}`, event: "video.completed" as const },
  }));
  const begunAt = performance.now();
  const loop = startDeliveryLoop({
    queue: store.queue.deliveries,
    node: {
      current: () => ({ nodeId: "", lost: new AbortController().signal, isHeld: () => true }),
      close: async () => {},
    },
    async claim() {
      claimedAt.push(Math.floor((performance.now() - begunAt) / 100) * 100);
      return { due: claimedAt.length === 1 ? due : [], full: new Map(), isMore: false };
    },
    deliver: async ({ url }) => Number(url),
    log: silentLogger,
  });
  await vi.advanceTimersByTimeAsync(700);
  expect(claimedAt).toContain(300);
  expect(claimedAt).toContain(600);
  const closed = loop.close(0);
  await vi.advanceTimersByTimeAsync(3_000);
  await closed;
  vi.useRealTimers();
  await store.close();
});
