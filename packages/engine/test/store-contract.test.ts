import { randomUUID } from "node:crypto";
import { isFinal, newVideoId, transition, type VideoEvent } from "@reelwire/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  claimVideo,
  claimVideos,
  countUnfinished,
  findByIdempotencyKey,
  insertVideo,
  listVideos,
  loadClaimed,
  loadVideo,
  nodeLives,
  saveArchived,
  saveVersion,
  type VideoFilter,
  type VideoPage,
  versionsAfter,
} from "../src/store.ts";
import type { StoredVideo } from "../src/video-row.ts";
import type { Viewer } from "../src/viewer.ts";
import { DATABASE_KINDS } from "./database/temporary-database.ts";
import {
  acceptedVideo,
  apply,
  happyEvents,
  type SharedDatabase,
  sharedDatabase,
  storeNode,
  storeVideo,
  submitStarted,
} from "./stored-video.ts";

/** Somebody who sees the videos of one test alone. */
const somebody = (subject: string | null = null): Viewer => ({ project: randomUUID(), subject, keyId: null });

/** What an event makes of a video, ready to be saved. */
const NODE = randomUUID();
const claim = (fence: number) => ({ fence, nodeId: NODE });
const saved = (video: StoredVideo, event: VideoEvent) => ({
  video,
  next: transition(video, event, new Date()),
  event: event.type,
});

describe.each(DATABASE_KINDS)("the store: %s", (kind) => {
  let shared: SharedDatabase;
  beforeAll(async () => {
    shared = await sharedDatabase(kind);
  });
  afterAll(() => shared.close());
  const db = () => shared.db.kysely;

  describe("a new video", () => {
    test("is saved with its images and its first version, and read as it was given", async () => {
      const video = acceptedVideo(
        { ...somebody("ada"), keyId: "the key used" },
        { externalId: "order", idempotencyKey: "key" },
      );
      const images = { imageUrl: "data:,first", lastImageUrl: null };
      expect(await insertVideo(db(), video, images, 0)).toBe(true);
      expect(await loadVideo(db(), video.id)).toEqual(video);
      expect(await versionsAfter(db(), video.id, 0)).toMatchObject([{ version: 1, status: "ACCEPTED" }]);
      const stored = await db().selectFrom("video_images").selectAll().where("image_url", "=", "data:,first").execute();
      expect(stored).toMatchObject([{ last_image_url: null }]);
    });

    test("whose idempotency key or external id is taken is not saved, and leaves nothing behind", async () => {
      const viewer = somebody("ada");
      const input = { idempotencyKey: "key", externalId: "order" };
      const first = await storeVideo(db(), viewer, input);
      for (const { second, images } of [
        { second: acceptedVideo(viewer, { idempotencyKey: "key" }), images: null },
        { second: acceptedVideo(viewer, { externalId: "order" }), images: { imageUrl: "data:,", lastImageUrl: null } },
      ]) {
        expect(await insertVideo(db(), second, images, 0)).toBe(false);
        expect(await loadVideo(db(), second.id)).toBeNull();
        expect(await versionsAfter(db(), second.id, 0)).toEqual([]);
      }
      expect((await findByIdempotencyKey(db(), first.owner, "key"))?.id).toBe(first.id);
    });

    test("may have what another subject, or another project, has", async () => {
      const input = { idempotencyKey: "key", externalId: "order" };
      const ada = somebody("ada");
      const videos = [];
      for (const viewer of [ada, { ...ada, subject: "bob" }, { ...ada, project: randomUUID() }]) {
        videos.push(await storeVideo(db(), viewer, input));
      }
      for (const { id, owner } of videos) expect((await findByIdempotencyKey(db(), owner, "key"))?.id).toBe(id);
    });

    test("of eight with the same key at once, one is saved", async () => {
      const viewer = somebody();
      const inserted = await Promise.all(
        Array.from({ length: 8 }, () => insertVideo(db(), acceptedVideo(viewer, { idempotencyKey: "k" }), null, 0)),
      );
      expect(inserted.filter(Boolean)).toHaveLength(1);
      expect(await listVideos(db(), viewer, {}, { limit: 10 })).toHaveLength(1);
    });
  });

  describe("a version", () => {
    test("is saved in the row and among the events", async () => {
      const video = (await claimVideo(db(), (await storeVideo(db())).id, claim(1))) ?? acceptedVideo();
      const version = saved(video, submitStarted);
      expect(await saveVersion(db(), version, claim(1))).toEqual([]);
      expect(await loadVideo(db(), video.id)).toEqual(version.next);
      const events = await db()
        .selectFrom("video_events")
        .select(["version", "event", "at"])
        .where("at", "=", version.next.updatedAt)
        .execute();
      expect(events).toEqual([{ version: 2, event: "submit_started", at: version.next.updatedAt }]);
    });

    test("of a video that has moved on, or belongs to another claim, writes nothing at all", async () => {
      const video = await storeVideo(db());
      await claimVideo(db(), video.id, claim(3));
      for (const fence of [0, 2, 4])
        expect(await saveVersion(db(), saved(video, submitStarted), claim(fence))).toBeNull();
      await apply(db(), video, submitStarted);
      const before = [await loadVideo(db(), video.id), await versionsAfter(db(), video.id, 0)];
      expect(await saveVersion(db(), saved(video, submitStarted), claim(3))).toBeNull();
      expect(await saveVersion(db(), saved(video, { type: "canceled" }), null)).toBeNull();
      expect([await loadVideo(db(), video.id), await versionsAfter(db(), video.id, 0)]).toEqual(before);
    });

    test("without a fence, as for canceling, asks only for the version", async () => {
      const video = await storeVideo(db());
      await claimVideo(db(), video.id, claim(3));
      expect(await saveVersion(db(), saved(video, { type: "canceled" }), null)).toEqual([]);
      expect(await loadVideo(db(), video.id)).toMatchObject({ status: "CANCELED", version: 2, fence: 3 });
    });

    test("is won by one of many who save it at once", async () => {
      const video = await storeVideo(db());
      await claimVideo(db(), video.id, claim(1));
      const version = saved(video, submitStarted);
      const results = await Promise.all(Array.from({ length: 8 }, () => saveVersion(db(), version, claim(1))));
      expect(results.filter(Boolean)).toHaveLength(1);
      expect((await versionsAfter(db(), video.id, 0)).map((state) => state.version)).toEqual([1, 2]);
    });

    test("comes back from the events in order, as it was", async () => {
      const videos = [await storeVideo(db())];
      for (const event of happyEvents) videos.push(await apply(db(), videos.at(-1) ?? acceptedVideo(), event));
      const [{ id } = acceptedVideo()] = videos;
      const versions = await versionsAfter(db(), id, 0);
      expect(versions.map(({ version, status, finishedAt }) => ({ version, status, finishedAt }))).toEqual(
        videos.map(({ version, status, finishedAt }) => ({ version, status, finishedAt })),
      );
      for (const [index, state] of versions.entries()) expect(videos[index]).toMatchObject(state);
      expect(await versionsAfter(db(), id, 3)).toEqual(versions.slice(3));
      expect(await versionsAfter(db(), id, 5)).toEqual([]);
    });

    test("is not made by archiving the file", async () => {
      const video = await storeVideo(db());
      const at = new Date();
      await saveArchived(db(), video.id, at);
      expect(await loadVideo(db(), video.id)).toEqual({ ...video, archivedAt: at });
    });
  });

  describe("invariant 5: a claim", () => {
    test("in bulk takes what no newer claim has, as it is now, and says which node has it", async () => {
      const [fresh, again, lost] = await Promise.all([storeVideo(db()), storeVideo(db()), storeVideo(db())]);
      await claimVideo(db(), again.id, claim(2));
      await claimVideo(db(), lost.id, claim(3));
      const moved = await apply(db(), fresh, submitStarted);
      const nodeId = randomUUID();
      const claims = [fresh, again, lost, { id: newVideoId() }].map(({ id }) => ({ videoId: id, fence: 2 }));
      const claimed = new Map((await claimVideos(db(), claims, nodeId)).map((video) => [video.id, video]));
      expect([...claimed.keys()].sort()).toEqual([fresh.id, again.id].sort());
      expect(claimed.get(fresh.id)).toEqual({ ...moved, fence: 2 });
      const held = await db().selectFrom("videos").select("fence").where("node_id", "=", nodeId).execute();
      expect(held).toEqual([{ fence: 2 }, { fence: 2 }]);
    });

    test("may ask again, an older one gets nothing, and nothing it saves is kept", async () => {
      const video = await storeVideo(db());
      expect(await claimVideo(db(), video.id, claim(1))).toMatchObject({ fence: 1 });
      expect(await claimVideo(db(), video.id, claim(2))).toMatchObject({ fence: 2 });
      expect(await claimVideo(db(), video.id, claim(2))).toMatchObject({ fence: 2 });
      expect(await claimVideo(db(), video.id, claim(1))).toBeNull();
      expect(await saveVersion(db(), saved(video, submitStarted), claim(1))).toBeNull();
      expect(await loadVideo(db(), video.id)).toMatchObject({ version: 1, fence: 2 });
    });

    test("of the same number on another node, as after a failover that lost it, takes over, and is not taken back", async () => {
      const video = await storeVideo(db());
      const [here, there] = [claim(1), { fence: 1, nodeId: randomUUID() }];
      await claimVideo(db(), video.id, here);
      await claimVideos(db(), [{ videoId: video.id, fence: 1 }], there.nodeId);
      expect(await saveVersion(db(), saved(video, submitStarted), here)).toBeNull();
      expect(await claimVideo(db(), video.id, here)).toBeNull();
      expect(await loadClaimed(db(), video.id, here)).toBeNull();
      expect(await loadClaimed(db(), video.id, there)).toMatchObject({ version: 1 });
      expect(await saveVersion(db(), saved(video, submitStarted), there)).toEqual([]);
    });

    test("of a video that does not exist gets nothing", async () => {
      expect(await claimVideo(db(), newVideoId(), claim(1))).toBeNull();
      expect(await claimVideos(db(), [], randomUUID())).toEqual([]);
    });
  });

  describe("a list", () => {
    const ids = async (viewer: Viewer, filter: VideoFilter, page: Partial<VideoPage> = {}) =>
      (await listVideos(db(), viewer, filter, { limit: 100, ...page })).map((video) => video.id);

    test("in pages of any size, either way, has every video once", async () => {
      const viewer = somebody();
      const stored: string[] = [];
      for (let number = 0; number < 7; number += 1) stored.push((await storeVideo(db(), viewer)).id);
      for (const limit of [1, 2, 3, 7, 8]) {
        const back: string[] = [];
        for (let page = await ids(viewer, {}, { limit }); page.length > 0; ) {
          back.push(...page);
          page = await ids(viewer, {}, { limit, olderThan: back.at(-1) ?? "" });
        }
        expect(back).toEqual(stored.toReversed());
        const forth: string[] = [];
        for (let page = await ids(viewer, {}, { limit, order: "oldest" }); page.length > 0; ) {
          forth.push(...page);
          page = await ids(viewer, {}, { limit, order: "oldest", newerThan: forth.at(-1) ?? "" });
        }
        expect(forth).toEqual(stored);
      }
      const [first = "", ...between] = stored;
      const last = between.pop() ?? "";
      expect(await ids(viewer, {}, { olderThan: last, newerThan: first })).toEqual(between.toReversed());
    });

    test("lets through what all of its filter holds for", async () => {
      const viewer = somebody();
      const one = await storeVideo(db(), viewer, { externalId: "one", idempotencyKey: "first" });
      const two = await storeVideo(db(), viewer, { externalId: "two", idempotencyKey: "second" });
      await apply(db(), two, submitStarted);
      expect(await ids(viewer, {})).toEqual([two.id, one.id]);
      expect(await ids(viewer, { externalId: "one" })).toEqual([one.id]);
      expect(await ids(viewer, { idempotencyKey: "second" })).toEqual([two.id]);
      expect(await ids(viewer, { statuses: ["SUBMITTING", "QUEUED"] })).toEqual([two.id]);
      expect(await ids(viewer, { statuses: [] })).toEqual([]);
      expect(await ids(viewer, { externalId: "one", statuses: ["SUBMITTING"] })).toEqual([]);
      expect(await ids(viewer, { externalId: "one\0" })).toEqual([]);
      const at = (video: StoredVideo, ms: number) => new Date(video.createdAt.getTime() + ms);
      expect(await ids(viewer, { createdAfter: at(one, -1), createdBefore: at(two, 1) })).toEqual([two.id, one.id]);
      expect(await ids(viewer, { createdAfter: at(two, 0) })).toEqual([]);
      expect(await ids(viewer, { createdBefore: at(one, 0) })).toEqual([]);
    });

    test("is searched by what a prompt or an external id contains, in whatever case and script", async () => {
      const viewer = somebody();
      const prompts: [prompt: string, externalId?: string][] = [
        ["Ein Ärger über die STRASSE, 100% naß", "Bestellung_7"],
        ["a paper boat\nin C:\\boats (and [more]? a+b|c^d$ {2} .*)"],
        ["ΟΔΟΣ и Лодка 🚤 İstanbul"],
      ];
      const stored: string[] = [];
      for (const [prompt, externalId] of prompts) {
        stored.push((await storeVideo(db(), viewer, { prompt, externalId: externalId ?? null })).id);
      }
      const [german, english, others] = stored;
      const found: [search: string, id: string | undefined][] = [
        ["ÜBER DIE straße".slice(0, 8), german],
        ["ärger", german],
        ["ÄRGER", german],
        ["100% n", german],
        ["strasse", german],
        ["lung_7", german],
        ["BESTELLUNG", german],
        ["Boat\nIN c:\\BOATS", english],
        ["(AND [more]? A+B|c^d$ {2} .*)", english],
        ["οδος", others],
        ["οδοσ", others],
        ["ЛОДКА 🚤", others],
        ["🚤 İ", others],
      ];
      for (const [search, id] of found) expect([search, await ids(viewer, { search })]).toEqual([search, [id]]);
      for (const search of [
        "10_%",
        "boa_",
        "%",
        "b.at",
        "\\d",
        "\\",
        "(?i)x",
        "***:a",
        "boat\0",
        "\ud83d",
        "key used",
      ]) {
        const those = { "%": [german], "\\": [english] }[search] ?? [];
        expect([search, await ids(viewer, { search })]).toEqual([search, those]);
      }
      expect(await ids(somebody(), { search: "a" })).toEqual([]);
      expect(await ids({ ...viewer, subject: "eve" }, { search: "a" })).toEqual([]);
      expect(await ids({ ...viewer, videoIds: [english ?? ""] }, { search: "a" })).toEqual([english]);
    });

    test("that is searched has pages, too", async () => {
      const viewer = somebody();
      const boats: string[] = [];
      for (let number = 0; number < 9; number += 1) {
        const { id } = await storeVideo(db(), viewer, { prompt: number % 3 === 0 ? "a car" : "a Boat" });
        if (number % 3 !== 0) boats.unshift(id);
      }
      const back: string[] = [];
      for (let page = await ids(viewer, { search: "boat" }, { limit: 2 }); page.length > 0; ) {
        back.push(...page);
        page = await ids(viewer, { search: "boat" }, { limit: 2, olderThan: back.at(-1) ?? "" });
      }
      expect(back).toEqual(boats);
      const between = { olderThan: boats[1] ?? "", newerThan: boats[5] ?? "" };
      expect(await ids(viewer, { search: "BOAT" }, { ...between, order: "oldest", limit: 2 })).toEqual([
        boats[4],
        boats[3],
      ]);
    });
  });

  test("what is unfinished is counted by status", async () => {
    const other = await sharedDatabase(kind);
    const { kysely } = other.db;
    expect(await countUnfinished(kysely)).toEqual({});
    for (const events of [[], [], happyEvents.slice(0, 2), happyEvents]) {
      let video = await storeVideo(kysely);
      for (const event of events) video = await apply(kysely, video, event);
      expect(isFinal(video.status)).toBe(events === happyEvents);
    }
    expect(await countUnfinished(kysely)).toEqual({ ACCEPTED: 2, QUEUED: 1 });
    await other.close();
  });

  test("a node lives as long as nobody calls it lost, and whoever would must wait for who has asked", async () => {
    const id = await storeNode(db());
    const order: string[] = [];
    const asked = Promise.withResolvers<void>();
    const called = asked.promise.then(async () => {
      await shared.db.transaction(async ({ kysely }) => {
        await kysely.selectFrom("nodes").select("id").where("id", "=", id).forUpdate().execute();
        await kysely.updateTable("nodes").set({ lost: true }).where("id", "=", id).execute();
      });
      order.push("called lost");
    });
    await shared.db.transaction(async ({ kysely }) => {
      expect(await nodeLives(kysely, id)).toBe(true);
      asked.resolve();
      // A question to somebody else takes as long as the update would, were it let through.
      for (let number = 0; number < 20; number += 1) await countUnfinished(kysely);
      order.push("carried");
    });
    await called;
    expect(order).toEqual(["carried", "called lost"]);
    await shared.db.transaction(async ({ kysely }) => {
      expect(await nodeLives(kysely, id)).toBe(false);
      expect(await nodeLives(kysely, randomUUID())).toBe(false);
    });
  });
});
