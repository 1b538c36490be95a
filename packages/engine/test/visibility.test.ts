import { describe, expect, test } from "vitest";
import { cancelVideo } from "../src/cancel-video.ts";
import { createLocalEventBus } from "../src/event-bus.ts";
import { findVideo, listVideos } from "../src/store.ts";
import type { Viewer } from "../src/viewer.ts";
import { engineDatabase, storeVideo } from "./stored-video.ts";

const viewer = (project: string, subject: string | null): Viewer => ({ project, subject, keyId: null });

describe("invariant 9: nobody sees a video that is not theirs", () => {
  test("by id, in lists and for canceling, for every pair of viewers", async () => {
    const db = await engineDatabase();
    const owners = [viewer("p", "ada"), viewer("p", "bob"), viewer("q", "ada"), viewer("p", null), viewer("q", null)];
    const videos = [];
    for (const owner of owners) videos.push({ owner, id: (await storeVideo(db.kysely, owner)).id });
    for (const asks of owners) {
      const mine = videos.filter(
        ({ owner }) => owner.project === asks.project && (asks.subject === null || owner.subject === asks.subject),
      );
      const listed = await listVideos(db.kysely, asks, {}, { limit: 10 });
      expect(listed.map((video) => video.id).sort()).toEqual(mine.map((video) => video.id).sort());
      for (const { id } of videos) {
        const found = await findVideo(db.kysely, asks, id);
        expect(found !== null).toBe(mine.some((video) => video.id === id));
        if (found !== null) continue;
        const canceling = cancelVideo({ db, bus: createLocalEventBus(), tell: async () => {} }, asks, id);
        await expect(canceling).rejects.toMatchObject({ code: "NOT_FOUND" });
      }
    }
  });

  test("pages go both ways, newest first, and filters narrow them", async () => {
    const db = await engineDatabase();
    const asks = viewer("p", null);
    const stored = [];
    for (let i = 0; i < 5; i += 1) stored.push(await storeVideo(db.kysely, asks));
    const ids = stored.map((video) => video.id);
    const [, second = "", , fourth = ""] = ids;
    const list = async (page: Partial<Parameters<typeof listVideos>[3]>, filter = {}) =>
      (await listVideos(db.kysely, asks, filter, { limit: 2, ...page })).map((video) => ids.indexOf(video.id));
    expect(await list({})).toEqual([4, 3]);
    expect(await list({ olderThan: fourth })).toEqual([2, 1]);
    expect(await list({ newerThan: second, order: "oldest" })).toEqual([2, 3]);
    expect(await list({}, { statuses: ["COMPLETED"] })).toEqual([]);
    expect(await list({}, { statuses: ["ACCEPTED"], createdAfter: new Date(Date.now() + 60_000) })).toEqual([]);
  });
});
