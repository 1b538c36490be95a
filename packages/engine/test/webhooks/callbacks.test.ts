import { createHmac } from "node:crypto";
import { parseCreateVideoInput, transition } from "@reelwire/core";
import { verifyWebhook } from "@reelwire/core/webhooks";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BUILT_IN_VIEWER } from "../../src/index.ts";
import { saveVersion } from "../../src/store.ts";
import { addCallback, MAX_CALLBACKS } from "../../src/webhooks/outbox.ts";
import { callbackSecrets } from "../../src/webhooks/webhook-secret.ts";
import { DATABASE_KINDS } from "../database/temporary-database.ts";
import { finished, make, startTestEngine } from "../test-engine.ts";
import { deliveriesOnce } from "./deliveries.ts";
import { startReceiver } from "./receiver.ts";
import { endedVideo, openWebhookStore, somebody, submittingVideo, told, type WebhookStore } from "./webhook-store.ts";

describe.each(DATABASE_KINDS)("callbacks: %s", (kind) => {
  let store: WebhookStore;
  beforeAll(async () => {
    store = await openWebhookStore(kind);
  });
  afterAll(() => store.close());

  test("invariant 12: one that comes as the video ends is told, and told once, whoever is first", async () => {
    const viewer = somebody();
    const other = await store.shared.open();
    const url = "https://late.example/";
    const wrote = { byTheEnd: 0, byTheCallback: 0 };
    for (let round = 0; round < 40; round++) {
      const video = await submittingVideo(store, viewer);
      const next = transition(video, { type: "canceled" }, new Date());
      const adding = () => addCallback(other.kysely, video.id, url);
      const ending = () => saveVersion(store.shared.db.kysely, { video, next, event: "canceled" }, null);
      const [added, ended] = await (round % 2 === 0
        ? Promise.all([adding(), ending()])
        : Promise.all([ending(), adding()]).then(([end, add]) => [add, end] as const));
      wrote.byTheCallback += added?.length ?? 0;
      wrote.byTheEnd += ended?.length ?? 0;
      const deliveries = await store.webhooks.deliveries(viewer, { videoId: video.id }, 10);
      expect(told(deliveries)).toEqual([`video.canceled to ${url}`]);
      expect([...(added ?? []), ...(ended ?? [])]).toHaveLength(1);
    }
    // Both ways were taken, or the test shows nothing.
    expect(wrote.byTheEnd).toBeGreaterThan(0);
    expect(wrote.byTheCallback).toBeGreaterThan(0);
  });

  test("many that come at once for one video are told, up to so many; the same again changes nothing", async () => {
    const viewer = somebody();
    const video = await submittingVideo(store, viewer, { callbackUrl: "https://first.example/" });
    const { kysely } = store.shared.db;
    const add = (index: number) => addCallback(kysely, video.id, `https://${index}.example/`);
    const outcomes = await Promise.all(Array.from({ length: MAX_CALLBACKS + 3 }, (_, index) => add(index)));
    expect(outcomes.filter((outcome) => outcome === null)).toHaveLength(4);
    expect(await addCallback(kysely, video.id, "https://first.example/")).toEqual([]);
    const next = transition(video, { type: "canceled" }, new Date());
    await saveVersion(kysely, { video, next, event: "canceled" }, null);
    expect(await store.webhooks.deliveries(viewer, { videoId: video.id }, 100)).toHaveLength(MAX_CALLBACKS);
    expect(await add(99)).toBeNull();
  });

  test("one of a video that is finished is told at once what happened", async () => {
    for (const [ending, event] of [
      ["COMPLETED", "video.completed"],
      ["FAILED", "video.failed"],
      ["CANCELED", "video.canceled"],
    ] as const) {
      const viewer = somebody("ada");
      const video = await endedVideo(store, viewer, {}, ending);
      expect(await addCallback(store.shared.db.kysely, video.id, "https://a.example/")).toHaveLength(1);
      expect(told(await store.webhooks.deliveries(viewer, {}, 10))).toEqual([`${event} to https://a.example/`]);
    }
  });

  test("a project's secret is made once, however many need it first", async () => {
    const { project } = somebody();
    const other = await store.shared.open();
    const secrets = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        callbackSecrets((index % 2 === 0 ? store.shared.db : other).kysely, project, new Date()),
      ),
    );
    expect(new Set(secrets.map(String)).size).toBe(1);
  });

  test("asking again with the same key and another address: both are told, signed with the project's secret", async () => {
    const receiver = await startReceiver();
    await using t = await startTestEngine({ allowPrivateAddresses: true }, {}, kind);
    const { secret } = await t.engine.webhooks.rotateSecret(BUILT_IN_VIEWER, null);
    const ask = (path: string) =>
      t.engine.createVideo(
        BUILT_IN_VIEWER,
        parseCreateVideoInput({ prompt: "a boat", idempotencyKey: "once", callbackUrl: `${receiver.url}${path}` }),
      );
    const first = await ask("first");
    expect((await ask("second")).video.id).toBe(first.video.id);
    expect((await ask("first")).reused).toBe(true);
    await finished(t.engine, first.video.id);
    expect((await ask("third")).video.id).toBe(first.video.id);
    await deliveriesOnce(t.engine, (all) => all.filter(({ status }) => status === "DELIVERED").length === 3);
    expect(receiver.received.map(({ path }) => path).sort()).toEqual(["/first", "/second", "/third"]);
    expect(t.emulator.accepted).toHaveLength(1);
    for (const { body, headers, payload } of receiver.received) {
      expect(verifyWebhook(body, headers, secret)).toEqual(payload);
      expect(payload).toMatchObject({ type: "video.completed", payloadVersion: 1, data: { id: first.video.id } });
      // The same by hand, as Standard Webhooks has it.
      const key = Buffer.from(secret.slice("whsec_".length), "base64");
      const signed = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`;
      const signature = createHmac("sha256", key).update(signed).digest("base64");
      expect(headers["webhook-signature"]).toBe(`v1,${signature}`);
      expect(headers["content-type"]).toBe("application/json");
    }
    const tooMany = async () => {
      for (let index = 0; index < MAX_CALLBACKS; index++) await ask(`more-${index}`);
    };
    await expect(tooMany()).rejects.toMatchObject({ code: "TOO_MANY_WEBHOOKS" });
  });

  test("while a secret changes over, deliveries are signed with both", async () => {
    const receiver = await startReceiver();
    await using t = await startTestEngine({ allowPrivateAddresses: true }, {}, kind);
    const { webhook, secret } = await t.engine.webhooks.create(BUILT_IN_VIEWER, {
      url: receiver.url,
      events: ["video.completed"],
    });
    const rotated = await t.engine.webhooks.rotateSecret(BUILT_IN_VIEWER, webhook.id);
    await make(t.engine);
    const [post] = await receiver.until(1);
    for (const each of [secret, rotated.secret]) {
      expect(verifyWebhook(post?.body ?? "", post?.headers ?? {}, each)).toEqual(post?.payload);
    }
  });
});
