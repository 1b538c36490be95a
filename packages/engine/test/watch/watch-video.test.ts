import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createLocalEventBus, type EventBus } from "../../src/event-bus.ts";
import { createSharedVersions } from "../../src/shared-versions.ts";
import type { StoredVideo } from "../../src/video-row.ts";
import { BUILT_IN_VIEWER } from "../../src/viewer.ts";
import { watchActivity, watchVideo } from "../../src/watch-video.ts";
import { apply, engineDatabase, happyEvents, storeVideo, submitStarted } from "../stored-video.ts";

const never = new AbortController().signal;

async function setUp(options: { bus?: EventBus; sweepMs?: number; closing?: AbortSignal } = {}) {
  const db = await engineDatabase();
  const bus = options.bus ?? createLocalEventBus();
  // A sweep that never comes, so that a test that passes was woken by a notice.
  const readVersions = createSharedVersions(db.kysely);
  const context = { db, bus, readVersions, sweepMs: options.sweepMs ?? 1_000_000, closing: options.closing ?? never };
  return { db: db.kysely, bus, context };
}

async function collect(stream: AsyncIterable<StoredVideo>): Promise<number[]> {
  const versions: number[] = [];
  for await (const video of stream) versions.push(video.version);
  return versions;
}

describe("invariant 7: a subscriber sees every version once, in order", () => {
  test("first the video as it is now, then every later version; it ends after the final one", async () => {
    const { db, bus, context } = await setUp();
    let video = await storeVideo(db);
    video = await apply(db, video, submitStarted, bus);
    const seen = collect(await watchVideo(context, BUILT_IN_VIEWER, video.id, null));
    for (const event of happyEvents.slice(1)) video = await apply(db, video, event, bus);
    expect(await seen).toEqual([2, 3, 4, 5]);
  });

  test.each([0, 1, 2, 3, 4, 5])("afterVersion %i: every version after that one", async (afterVersion) => {
    const { db, bus, context } = await setUp();
    let video = await storeVideo(db);
    for (const event of happyEvents) video = await apply(db, video, event, bus);
    const seen = await collect(await watchVideo(context, BUILT_IN_VIEWER, video.id, afterVersion));
    expect(seen).toEqual([1, 2, 3, 4, 5].slice(afterVersion));
  });

  test("an afterVersion from the future counts as none", async () => {
    const { db, bus, context } = await setUp();
    let video = await storeVideo(db);
    const seen = collect(await watchVideo(context, BUILT_IN_VIEWER, video.id, 99));
    for (const event of happyEvents) video = await apply(db, video, event, bus);
    expect(await seen).toEqual([1, 2, 3, 4, 5]);
    expect(await collect(await watchVideo(context, BUILT_IN_VIEWER, video.id, 99))).toEqual([5]);
  });

  test("whenever a reader stops and resumes, it has missed and repeated nothing", async () => {
    const { db, bus, context } = await setUp();
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 6 }), async (stops) => {
        let video = await storeVideo(db);
        const happening = (async () => {
          for (const event of happyEvents) video = await apply(db, video, event, bus);
        })();
        const seen: number[] = [];
        for (const stopAfter of [...stops, Number.POSITIVE_INFINITY]) {
          let count = 0;
          for await (const next of await watchVideo(context, BUILT_IN_VIEWER, video.id, seen.at(-1) ?? 0)) {
            seen.push(next.version);
            if (++count === stopAfter) break;
          }
        }
        await happening;
        expect(seen).toEqual([1, 2, 3, 4, 5]);
      }),
      { numRuns: 20 },
    );
  });

  test("a poll that changed nothing comes as the same version with a newer lastCheckedAt", async () => {
    const { db, bus, context } = await setUp();
    const video = await apply(db, await storeVideo(db), submitStarted, bus);
    const stream = await watchVideo(context, BUILT_IN_VIEWER, video.id, null);
    expect((await stream.next()).value).toMatchObject({ version: 2, lastCheckedAt: null });
    bus.publish({ videoId: video.id, owner: video.owner, version: 2, lastCheckedAt: 1_000 });
    expect((await stream.next()).value).toMatchObject({ version: 2, lastCheckedAt: new Date(1_000) });
    bus.publish({ videoId: video.id, owner: video.owner, version: 2, lastCheckedAt: 2_000 });
    expect((await stream.next()).value).toMatchObject({ version: 2, lastCheckedAt: new Date(2_000) });
    await stream.return?.();
  });

  test("many subscribers of one video share what is read, and each sees every version", async () => {
    const { db, bus, context } = await setUp();
    let video = await storeVideo(db);
    let readings = 0;
    const counted = db.withPlugin({
      transformQuery({ node }) {
        readings += 1;
        return node;
      },
      transformResult: async ({ result }) => result,
    });
    const counting = { ...context, readVersions: createSharedVersions(counted) };
    const streams = await Promise.all(
      Array.from({ length: 100 }, () => watchVideo(counting, BUILT_IN_VIEWER, video.id, null)),
    );
    const seen = Promise.all(streams.map(collect));
    for (const event of happyEvents) video = await apply(db, video, event, bus);
    for (const versions of await seen) expect(versions).toEqual([1, 2, 3, 4, 5]);
    expect(readings).toBeLessThan(20);
  });

  test("a reader that leaves while it waits is let go at once", async () => {
    const { db, context } = await setUp();
    const video = await storeVideo(db);
    const stream = await watchVideo(context, BUILT_IN_VIEWER, video.id, null);
    await stream.next();
    const waiting = stream.next();
    await stream.return?.();
    expect(await waiting).toMatchObject({ done: true });
  });

  test("closing the engine ends the stream without a final version", async () => {
    const closing = new AbortController();
    const { db, context } = await setUp({ closing: closing.signal });
    const video = await storeVideo(db);
    const stream = await watchVideo(context, BUILT_IN_VIEWER, video.id, null);
    await stream.next();
    const waiting = stream.next();
    closing.abort();
    expect(await waiting).toMatchObject({ done: true });
  });
});

describe("invariant 8: notices only wake", () => {
  test("with every notice lost, the sweep tells every version all the same", async () => {
    const deaf: EventBus = { ...createLocalEventBus(), publish() {} };
    const { db, bus, context } = await setUp({ bus: deaf, sweepMs: 5 });
    let video = await storeVideo(db);
    const seen = collect(await watchVideo(context, BUILT_IN_VIEWER, video.id, null));
    for (const event of happyEvents) video = await apply(db, video, event, bus);
    expect(await seen).toEqual([1, 2, 3, 4, 5]);
  });

  test("a notice of something that is not in the database tells nothing", async () => {
    const { db, bus, context } = await setUp();
    const video = await storeVideo(db);
    const stream = await watchVideo(context, BUILT_IN_VIEWER, video.id, null);
    await stream.next();
    bus.publish({ videoId: video.id, owner: video.owner, version: 9, lastCheckedAt: null });
    const next = stream.next();
    await apply(db, video, submitStarted, bus);
    expect((await next).value).toMatchObject({ version: 2 });
    await stream.return?.();
  });
});

describe("invariant 9: nobody sees a video that is not theirs", () => {
  test("watching one answers NOT_FOUND, as for one that does not exist", async () => {
    const { db, context } = await setUp();
    const video = await storeVideo(db, { project: "other", subject: null, keyId: null });
    for (const id of [video.id, "video_00000000000000000000000000", "nonsense"]) {
      await expect(watchVideo(context, BUILT_IN_VIEWER, id, null)).rejects.toMatchObject({ code: "NOT_FOUND" });
    }
  });

  test("activity tells each subject its own, and the project all of its own", async () => {
    const { db, bus, context } = await setUp();
    const ada = { project: "p", subject: "ada", keyId: null };
    const streams = {
      ada: watchActivity(context, ada),
      whole: watchActivity(context, { ...ada, subject: null }),
      other: watchActivity(context, { ...ada, project: "q" }),
    };
    const ofBob = await apply(db, await storeVideo(db, { ...ada, subject: "bob" }), submitStarted, bus);
    const ofAda = await apply(db, await storeVideo(db, ada), submitStarted, bus);
    const ofOther = await apply(db, await storeVideo(db, { ...ada, project: "q" }), submitStarted, bus);
    const ids = async (stream: AsyncIterator<StoredVideo>, count: number) => {
      const seen: string[] = [];
      while (seen.length < count) seen.push((await stream.next()).value.id);
      return seen;
    };
    expect(await ids(streams.ada, 1)).toEqual([ofAda.id]);
    expect(await ids(streams.whole, 2)).toEqual([ofBob.id, ofAda.id]);
    expect(await ids(streams.other, 1)).toEqual([ofOther.id]);
    for (const stream of Object.values(streams)) await stream.return?.();
  });
});
