import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { createLocalEventBus, type EventBus } from "../../src/event-bus.ts";
import { silentLogger } from "../../src/logger.ts";
import { createPostgresEventBus } from "../../src/postgres-event-bus.ts";
import { createSharedVersions } from "../../src/shared-versions.ts";
import type { StoredVideo } from "../../src/video-row.ts";
import { BUILT_IN_VIEWER } from "../../src/viewer.ts";
import { watchActivity, watchVideo } from "../../src/watch-video.ts";
import { networkTo } from "../database/database-network.ts";
import { postgresUrl } from "../database/postgres-url.ts";
import { DATABASE_KINDS, type DatabaseKind } from "../database/temporary-database.ts";
import {
  apply,
  engineDatabaseAt,
  happyEvents,
  type SharedDatabase,
  sharedDatabase,
  storeVideo,
  submitStarted,
} from "../stored-video.ts";

const never = new AbortController().signal;

/** A database, and the bus of the node that watches and of the one where things happen. */
interface Nodes extends SharedDatabase {
  here: EventBus;
  there: EventBus;
}

/** On PostgreSQL these are two nodes, and every notice comes from the other one. */
async function openNodes(kind: DatabaseKind): Promise<Nodes> {
  const shared = await sharedDatabase(kind);
  const { onServer } = shared;
  if (onServer === null) {
    const bus = createLocalEventBus();
    return { ...shared, here: bus, there: bus };
  }
  const [here, there] = await Promise.all([
    createPostgresEventBus(onServer, silentLogger),
    createPostgresEventBus(onServer, silentLogger),
  ]);
  return {
    ...shared,
    here,
    there,
    async close() {
      await Promise.all([here.close(), there.close()]);
      await shared.close();
    },
  };
}

async function collect(stream: AsyncIterable<StoredVideo>): Promise<number[]> {
  const versions: number[] = [];
  for await (const video of stream) versions.push(video.version);
  return versions;
}

describe.each(DATABASE_KINDS)("watching: %s", (kind) => {
  let nodes: Nodes;
  beforeAll(async () => {
    nodes = await openNodes(kind);
  });
  afterAll(() => nodes.close());

  function setUp(options: { bus?: EventBus; sweepMs?: number; closing?: AbortSignal } = {}) {
    const { db, here, there } = nodes;
    // A sweep that never comes, so that a test that passes was woken by a notice.
    const { bus = here, sweepMs = 1_000_000, closing = never } = options;
    const readVersions = createSharedVersions(db.kysely);
    return { db: db.kysely, bus: options.bus ?? there, context: { db, bus, readVersions, sweepMs, closing } };
  }

  describe("invariant 7: a subscriber sees every version once, in order", () => {
    test("first the video as it is now, then every later version; it ends after the final one", async () => {
      const { db, bus, context } = setUp();
      let video = await storeVideo(db);
      video = await apply(db, video, submitStarted, bus);
      const seen = collect(await watchVideo(context, BUILT_IN_VIEWER, video.id, null));
      for (const event of happyEvents.slice(1)) video = await apply(db, video, event, bus);
      expect(await seen).toEqual([2, 3, 4, 5]);
    });

    test.each([0, 1, 2, 3, 4, 5])("afterVersion %i: every version after that one", async (afterVersion) => {
      const { db, bus, context } = setUp();
      let video = await storeVideo(db);
      for (const event of happyEvents) video = await apply(db, video, event, bus);
      const seen = await collect(await watchVideo(context, BUILT_IN_VIEWER, video.id, afterVersion));
      expect(seen).toEqual([1, 2, 3, 4, 5].slice(afterVersion));
    });

    test("an afterVersion from the future counts as none", async () => {
      const { db, bus, context } = setUp();
      let video = await storeVideo(db);
      const seen = collect(await watchVideo(context, BUILT_IN_VIEWER, video.id, 99));
      for (const event of happyEvents) video = await apply(db, video, event, bus);
      expect(await seen).toEqual([1, 2, 3, 4, 5]);
      expect(await collect(await watchVideo(context, BUILT_IN_VIEWER, video.id, 99))).toEqual([5]);
    });

    test("whenever a reader stops and resumes, it has missed and repeated nothing", async () => {
      const { db, bus, context } = setUp();
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
      const { db, bus, context } = setUp();
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
      const { db, bus, context } = setUp();
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
      const { db, context } = setUp();
      const video = await storeVideo(db);
      const stream = await watchVideo(context, BUILT_IN_VIEWER, video.id, null);
      await stream.next();
      const waiting = stream.next();
      await stream.return?.();
      expect(await waiting).toMatchObject({ done: true });
    });

    test("closing the engine ends the stream without a final version", async () => {
      const closing = new AbortController();
      const { db, context } = setUp({ closing: closing.signal });
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
      const { db, bus, context } = setUp({ bus: deaf, sweepMs: 5 });
      let video = await storeVideo(db);
      const seen = collect(await watchVideo(context, BUILT_IN_VIEWER, video.id, null));
      for (const event of happyEvents) video = await apply(db, video, event, bus);
      expect(await seen).toEqual([1, 2, 3, 4, 5]);
    });

    test("with some lost, and word of it, every version is told", async () => {
      const lossy = createLocalEventBus();
      const deaf: EventBus = { ...lossy, publish() {} };
      const { db, bus, context } = setUp({ bus: deaf });
      let video = await storeVideo(db);
      const stream = await watchVideo(context, BUILT_IN_VIEWER, video.id, null);
      expect((await stream.next()).value).toMatchObject({ version: 1 });
      for (const event of happyEvents.slice(0, 2)) video = await apply(db, video, event, bus);
      const next = stream.next();
      lossy.miss();
      expect((await next).value).toMatchObject({ version: 2 });
      for (const event of happyEvents.slice(2)) video = await apply(db, video, event, bus);
      const rest = collect(stream);
      lossy.miss();
      expect(await rest).toEqual([3, 4, 5]);
    });

    test("with some lost, a reader of all activity is sent away to read again", async () => {
      const lossy = createLocalEventBus();
      const { context } = setUp({ bus: lossy });
      const stream = watchActivity(context, BUILT_IN_VIEWER);
      const next = stream.next();
      lossy.miss();
      expect(await next).toMatchObject({ done: true });
    });

    test("a notice of something that is not in the database tells nothing", async () => {
      const { db, bus, context } = setUp();
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
      const { db, context } = setUp();
      const video = await storeVideo(db, { project: "other", subject: null, keyId: null });
      for (const id of [video.id, "video_00000000000000000000000000", "nonsense"]) {
        await expect(watchVideo(context, BUILT_IN_VIEWER, id, null)).rejects.toMatchObject({ code: "NOT_FOUND" });
      }
    });

    test("activity tells each subject its own, and the project all of its own", async () => {
      const { db, bus, context } = setUp();
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
});

test("a node that was cut off tells its subscribers every version that it could not hear of", async () => {
  const url = await postgresUrl();
  const network = await networkTo(url);
  const [db, other] = [await engineDatabaseAt(network.url), await engineDatabaseAt(url)];
  const [bus, publisher] = [
    await createPostgresEventBus(db, silentLogger),
    await createPostgresEventBus(other, silentLogger),
  ];
  onTestFinished(() => Promise.all([bus.close(), publisher.close()]).then(() => {}));
  const context = {
    db,
    bus,
    readVersions: createSharedVersions(db.kysely),
    sweepMs: 1_000_000,
    closing: never,
  };
  let video = await storeVideo(other.kysely);
  const stream = await watchVideo(context, BUILT_IN_VIEWER, video.id, null);
  const activity = watchActivity(context, BUILT_IN_VIEWER);
  expect((await stream.next()).value).toMatchObject({ version: 1 });
  const [seen, sentAway] = [collect(stream), collect(activity)];
  await network.goDown();
  for (const event of happyEvents) video = await apply(other.kysely, video, event, publisher);
  await network.comeUp();
  expect(await seen).toEqual([2, 3, 4, 5]);
  expect(await sentAway).toEqual([]);
});
