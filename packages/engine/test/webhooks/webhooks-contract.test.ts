import { MAX_WEBHOOKS } from "@reelwire/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DATABASE_KINDS } from "../database/temporary-database.ts";
import { endedVideo, openWebhookStore, somebody, told, type WebhookStore } from "./webhook-store.ts";

describe.each(DATABASE_KINDS)("webhooks: %s", (kind) => {
  let store: WebhookStore;
  beforeAll(async () => {
    store = await openWebhookStore(kind);
  });
  afterAll(() => store.close());

  const input = { url: "https://example.com/hook?token=secret", events: ["video.finished", "video.failed"] };

  describe("making one", () => {
    test("gives it, with a secret, and it is found again", async () => {
      const viewer = somebody();
      const { webhook, secret, reused } = await store.webhooks.create(viewer, {
        ...input,
        filter: { externalIdPrefix: "order-" },
      });
      expect(reused).toBe(false);
      expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
      expect(webhook).toEqual({
        id: expect.stringMatching(/^webhook_[0-9a-z]{26}$/),
        url: input.url,
        events: ["video.failed", "video.finished"],
        filter: { model: null, externalIdPrefix: "order-", subject: null },
        createdAt: expect.any(Date),
        failingSince: null,
        disabledAt: null,
        disabledReason: null,
      });
      expect(await store.webhooks.find(viewer, webhook.id)).toEqual(webhook);
      expect(await store.webhooks.list(viewer)).toEqual([webhook]);
    });

    test("with the same input again gives the same one, however many ask at once", async () => {
      const viewer = somebody();
      const made = await Promise.all(Array.from({ length: 8 }, () => store.webhooks.create(viewer, input)));
      expect(new Set(made.map(({ webhook, secret }) => `${webhook.id} ${secret}`)).size).toBe(1);
      expect(made.filter(({ reused }) => !reused)).toHaveLength(1);
      const other = await store.webhooks.create(viewer, { ...input, filter: { externalIdPrefix: "b" } });
      expect(other.reused).toBe(false);
      expect(await store.webhooks.list(viewer)).toHaveLength(2);
    });

    test("again switches it on that was switched off", async () => {
      const viewer = somebody();
      const { webhook } = await store.webhooks.create(viewer, input);
      await switchOff(webhook.id);
      expect(await store.webhooks.find(viewer, webhook.id)).toMatchObject({ disabledReason: "FAILING" });
      expect((await store.webhooks.create(viewer, input)).webhook).toEqual(webhook);
    });

    test("is refused with every problem at once", async () => {
      const making = store.webhooks.create(somebody(), {
        url: "ftp://example.com",
        events: [],
        filter: { model: "m" },
      });
      await expect(making).rejects.toMatchObject({
        code: "BAD_INPUT",
        issues: [{ path: ["url"] }, { path: ["events"] }, { path: ["filter", "model"] }],
      });
    });

    test("is refused beyond so many of a project, however many ask at once, and then the same again still is not", async () => {
      const viewer = somebody();
      const many = Array.from({ length: MAX_WEBHOOKS + 5 }, (_, index) =>
        store.webhooks.create(somebody(`user ${index % 3}`, viewer.project), {
          ...input,
          url: `https://a.example/${index}`,
        }),
      );
      const outcomes = await Promise.allSettled(many);
      const refused = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason.code] : []));
      expect(refused).toEqual(Array.from({ length: 5 }, () => "TOO_MANY_WEBHOOKS"));
      expect(await store.webhooks.list(viewer)).toHaveLength(MAX_WEBHOOKS);
      const [first] = await store.webhooks.list(somebody("user 0", viewer.project));
      const again = { url: first?.url, events: first?.events };
      expect((await store.webhooks.create(somebody("user 0", viewer.project), again)).reused).toBe(true);
    });
  });

  test("switching on clears why it was off; of one that is on it changes nothing", async () => {
    const viewer = somebody();
    const { webhook } = await store.webhooks.create(viewer, input);
    await switchOff(webhook.id);
    expect(await store.webhooks.enable(viewer, webhook.id)).toEqual(webhook);
    expect(await store.webhooks.enable(viewer, webhook.id)).toEqual(webhook);
  });

  test("deleting one ends what is on its way to it, and what was delivered stays to be seen", async () => {
    const viewer = somebody();
    const { webhook } = await store.webhooks.create(viewer, input);
    const video = await endedVideo(store, viewer);
    expect(await store.webhooks.delete(viewer, webhook.id)).toEqual(webhook);
    expect(await store.webhooks.find(viewer, webhook.id)).toBeNull();
    const [delivery] = await store.webhooks.deliveries(viewer, { videoId: video.id }, 10);
    expect(delivery).toMatchObject({ webhookId: webhook.id, status: "FAILED", nextAttemptAt: null, attempts: [] });
    expect(delivery?.finishedAt).toBeInstanceOf(Date);
    await expect(store.webhooks.redeliver(viewer, delivery?.id ?? "")).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(store.webhooks.delete(viewer, webhook.id)).rejects.toMatchObject({ code: "NOT_FOUND" });
    await endedVideo(store, viewer);
    expect(await store.webhooks.deliveries(viewer, {}, 10)).toHaveLength(1);
  });

  test("a new secret is another one, and for a day the one before signs as well", async () => {
    const viewer = somebody();
    const { webhook, secret } = await store.webhooks.create(viewer, input);
    const rotated = await store.webhooks.rotateSecret(viewer, webhook.id);
    expect(rotated.secret).not.toBe(secret);
    expect(Number(rotated.previousSecretUntil) - Date.now()).toBeGreaterThan(23 * 3_600_000);
    expect((await store.webhooks.create(viewer, input)).secret).toBe(rotated.secret);
    const first = await store.webhooks.rotateSecret(viewer, null);
    expect(first.previousSecretUntil).toBeNull();
    const second = await store.webhooks.rotateSecret(viewer, null);
    expect(second.secret).not.toBe(first.secret);
    expect(second.previousSecretUntil).toBeInstanceOf(Date);
  });

  describe("a video's end is told", () => {
    test("once to each webhook that asks for it, with what happened", async () => {
      const viewer = somebody();
      const make = (events: string[]) =>
        store.webhooks.create(viewer, { url: `https://a.example/${events}`, events }).then(({ webhook }) => webhook.id);
      const completed = await make(["video.completed"]);
      const failed = await make(["video.failed"]);
      const ended = await make(["video.finished", "video.completed"]);
      const canceled = await make(["video.canceled", "video.failed"]);
      const toldOf = async (ending: "COMPLETED" | "FAILED" | "CANCELED") => {
        const { id } = await endedVideo(store, viewer, {}, ending);
        return told(await store.webhooks.deliveries(viewer, { videoId: id }, 10));
      };
      expect(await toldOf("COMPLETED")).toEqual([completed, ended].map((id) => `video.completed to ${id}`).sort());
      expect(await toldOf("FAILED")).toEqual([failed, ended, canceled].map((id) => `video.failed to ${id}`).sort());
      expect(await toldOf("CANCELED")).toEqual([ended, canceled].map((id) => `video.canceled to ${id}`).sort());
    });

    test("to those whose filter lets it through: all that is given must hold", async () => {
      const viewer = somebody();
      const make = (filter: object) =>
        store.webhooks.create(viewer, { ...input, filter }).then(({ webhook }) => webhook.id);
      const veo = "google/veo-3.1-lite-generate-001";
      const all = await make({});
      const orders = await make({ externalIdPrefix: "order%_" });
      const ada = await make({ subject: "ada" });
      const both = await make({ subject: "ada", externalIdPrefix: "order%_", model: veo });
      const toldOf = async (subject: string | null, externalId: string | null) => {
        const { id } = await endedVideo(store, somebody(subject, viewer.project), { externalId, model: veo });
        return told(await store.webhooks.deliveries(viewer, { videoId: id }, 10));
      };
      const expected = (...ids: string[]) => ids.map((id) => `video.completed to ${id}`).sort();
      expect(await toldOf(null, null)).toEqual(expected(all));
      expect(await toldOf(null, "order%_1")).toEqual(expected(all, orders));
      // Taken as it is, not as a pattern.
      expect(await toldOf(null, "order-11")).toEqual(expected(all));
      expect(await toldOf("ada", null)).toEqual(expected(all, ada));
      expect(await toldOf("ada", "order%_2")).toEqual(expected(all, orders, ada, both));
      expect(await toldOf("bob", "order%_3")).toEqual(expected(all, orders));
    });

    test("not to one that is off", async () => {
      const viewer = somebody();
      const { webhook } = await store.webhooks.create(viewer, input);
      await switchOff(webhook.id);
      await endedVideo(store, viewer);
      expect(await store.webhooks.deliveries(viewer, {}, 10)).toEqual([]);
    });
  });

  describe("invariant 9: what is another's", () => {
    test("is not there: webhooks of projects and subjects, and what is told to them", async () => {
      const project = somebody();
      const ada = somebody("ada", project.project);
      const bob = somebody("bob", project.project);
      const owners = { project, ada, bob, stranger: somebody(), strangersAda: somebody("ada") };
      const webhooks = new Map<keyof typeof owners, string>();
      for (const [name, owner] of Object.entries(owners)) {
        const made = await store.webhooks.create(owner, input);
        webhooks.set(name as keyof typeof owners, made.webhook.id);
      }
      // The same input of another is another webhook.
      expect(new Set(webhooks.values()).size).toBe(5);
      const video = await endedVideo(store, ada, { externalId: "ada's" });
      const deliveries = await store.webhooks.deliveries(project, { videoId: video.id }, 10);
      expect(told(deliveries)).toEqual(
        [webhooks.get("project"), webhooks.get("ada")].map((id) => `video.completed to ${id}`).sort(),
      );

      const seenBy = {
        project: ["project", "ada", "bob"],
        ada: ["ada"],
        bob: ["bob"],
        stranger: ["stranger"],
      } as const;
      for (const [name, visible] of Object.entries(seenBy)) {
        const viewer = owners[name as keyof typeof seenBy];
        const ids = new Set<string | undefined>(visible.map((owner) => webhooks.get(owner)));
        expect(new Set((await store.webhooks.list(viewer)).map(({ id }) => id))).toEqual(ids);
        for (const id of webhooks.values()) {
          expect((await store.webhooks.find(viewer, id))?.id ?? null).toBe(ids.has(id) ? id : null);
          if (ids.has(id)) continue;
          for (const work of [store.webhooks.delete, store.webhooks.enable, store.webhooks.rotateSecret]) {
            await expect(work(viewer, id)).rejects.toMatchObject({ code: "NOT_FOUND" });
          }
        }
        const mine = deliveries.filter(({ webhookId }) => ids.has(webhookId ?? undefined));
        expect(told(await store.webhooks.deliveries(viewer, { videoId: video.id }, 10))).toEqual(told(mine));
        for (const { id } of deliveries.filter((delivery) => !mine.includes(delivery))) {
          await expect(store.webhooks.redeliver(viewer, id)).rejects.toMatchObject({ code: "NOT_FOUND" });
        }
      }
    });

    test("a token for some videos has no webhooks, and sees what is told to these videos' callbacks", async () => {
      const project = somebody();
      await store.webhooks.create(project, input);
      const ended = async (subject: string) => {
        const video = await endedVideo(store, somebody(subject, project.project), {
          callbackUrl: `https://${subject}.example/`,
        });
        return video.id;
      };
      const [mine, others] = [await ended("ada"), await ended("bob")];
      expect(await store.webhooks.deliveries(project, {}, 10)).toHaveLength(4);
      const viewer = { ...project, videoIds: [mine] };
      await expect(store.webhooks.create(viewer, input)).rejects.toMatchObject({ code: "FORBIDDEN" });
      await expect(store.webhooks.rotateSecret(viewer, null)).rejects.toMatchObject({ code: "FORBIDDEN" });
      expect(await store.webhooks.list(viewer)).toEqual([]);
      expect(told(await store.webhooks.deliveries(viewer, {}, 10))).toEqual([
        "video.completed to https://ada.example/",
      ]);
      expect(await store.webhooks.deliveries(viewer, { videoId: others }, 10)).toEqual([]);
    });

    test("a subject has not the project's secret", async () => {
      const rotating = store.webhooks.rotateSecret(somebody("ada"), null);
      await expect(rotating).rejects.toMatchObject({ code: "FORBIDDEN" });
    });
  });

  test.each(["", "webhook_", "\0", "video_01kaqg3v7hf0ctq9x2d3s8g4rn", "délivery"])(
    "nothing is called %j",
    async (id) => {
      const viewer = somebody();
      expect(await store.webhooks.find(viewer, id)).toBeNull();
      expect(await store.webhooks.deliveries(viewer, { webhookId: id }, 10)).toEqual([]);
      for (const work of [
        store.webhooks.delete,
        store.webhooks.enable,
        store.webhooks.rotateSecret,
        store.webhooks.redeliver,
      ]) {
        await expect(work(viewer, id)).rejects.toMatchObject({ code: "NOT_FOUND" });
      }
    },
  );

  test("deliveries are listed by webhook, video and status, the newest first, so many", async () => {
    const viewer = somebody();
    const { webhook } = await store.webhooks.create(viewer, input);
    const first = await endedVideo(store, viewer, { callbackUrl: "https://a.example/" });
    const second = await endedVideo(store, viewer);
    const list = async (filter: object, limit = 10) =>
      (await store.webhooks.deliveries(viewer, filter, limit)).map(({ videoId }) => videoId);
    expect(await list({})).toEqual([second.id, first.id, first.id]);
    expect(await list({}, 1)).toEqual([second.id]);
    expect(await list({ webhookId: webhook.id })).toEqual([second.id, first.id]);
    expect(await list({ videoId: first.id })).toEqual([first.id, first.id]);
    expect(await list({ status: "PENDING" })).toHaveLength(3);
    expect(await list({ status: "DELIVERED" })).toEqual([]);
  });

  async function switchOff(id: string): Promise<void> {
    await store.shared.db.kysely
      .updateTable("webhooks")
      .set({ disabled_at: new Date(), disabled_reason: "FAILING", failing_since: new Date(0) })
      .where("id", "=", id)
      .execute();
  }
});
