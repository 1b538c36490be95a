import { newVideoId } from "@reelwire/core";
import { sql } from "kysely";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { createLocalEventBus, type EventBus, type VideoNotice } from "../src/event-bus.ts";
import { type Logger, silentLogger } from "../src/logger.ts";
import { unpackNotices } from "../src/notice-payload.ts";
import { createPostgresEventBus } from "../src/postgres-event-bus.ts";
import { networkTo } from "./database/database-network.ts";
import { cutConnections, postgresUrl } from "./database/postgres-url.ts";
import { DATABASE_KINDS } from "./database/temporary-database.ts";
import { engineDatabaseAt } from "./stored-video.ts";

const owner = { project: "p", subject: "ada" };
const notice = (videoId: string, version = 1, lastCheckedAt: number | null = null): VideoNotice => ({
  videoId,
  owner,
  version,
  lastCheckedAt,
});

async function busAt(url: string, log = silentLogger): Promise<EventBus> {
  const bus = await createPostgresEventBus(await engineDatabaseAt(url), log);
  onTestFinished(() => bus.close());
  return bus;
}

/** Writes down what is heard. */
function recorder() {
  const notices: VideoNotice[] = [];
  const record = { notices, missed: 0 };
  return {
    record,
    listener: {
      heard: (heard: VideoNotice) => void notices.push(heard),
      missed: () => {
        record.missed += 1;
      },
    },
  };
}

/** Hears everything on this bus. */
function listenTo(bus: EventBus) {
  const { record, listener } = recorder();
  onTestFinished(bus.onAny(listener));
  return record;
}

const patience = { timeout: 20_000, interval: 10 };
const soon = (condition: () => void) => vi.waitFor(condition, patience);

describe.each(DATABASE_KINDS)("the event bus: %s", (kind) => {
  const open = async () => (kind === "pglite" ? createLocalEventBus() : await busAt(await postgresUrl()));

  test("who listens to a video hears of it at once and once, and of no other; who listens to all hears all", async () => {
    const bus = await open();
    const [one, two] = [newVideoId(), newVideoId()];
    const ofOne = recorder();
    bus.onVideo(one, ofOne.listener);
    const ofAll = listenTo(bus);
    bus.publish(notice(one, 1));
    bus.publish(notice(two, 1));
    bus.publish(notice(one, 2, 5));
    const expected = [notice(one, 1), notice(two, 1), notice(one, 2, 5)];
    expect(ofAll.notices).toEqual(expected);
    expect(ofOne.record.notices).toEqual([notice(one, 1), notice(one, 2, 5)]);
    // Closing sends what is left, and by then a node's own notices would have come back to it.
    await bus.close();
    expect(ofAll).toEqual({ notices: expected, missed: 0 });
  });

  test("who has stopped listening hears nothing more, and the others of the same video still do", async () => {
    const bus = await open();
    const id = newVideoId();
    const [leaves, stays] = [recorder(), recorder()];
    const leave = bus.onVideo(id, leaves.listener);
    bus.onVideo(id, stays.listener);
    const leaveAll = bus.onAny(leaves.listener);
    leave();
    leave();
    leaveAll();
    bus.publish(notice(id));
    expect(leaves.record.notices).toEqual([]);
    expect(stays.record.notices).toEqual([notice(id)]);
  });
});

describe("the event bus between nodes", () => {
  async function twoNodes() {
    const url = await postgresUrl();
    const [here, there] = [await busAt(url), await busAt(url)];
    return { url, here, there };
  }

  test("what one publishes the other hears, each once, and its own once", async () => {
    const { here, there } = await twoNodes();
    const [heardHere, heardThere] = [listenTo(here), listenTo(there)];
    const id = newVideoId();
    const ofOne = recorder();
    there.onVideo(id, ofOne.listener);
    here.publish(notice(id, 1, 1_700_000_000_000));
    await soon(() => expect(heardThere.notices).toEqual([notice(id, 1, 1_700_000_000_000)]));
    there.publish(notice(id, 2));
    await soon(() => expect(heardHere.notices).toEqual([notice(id, 1, 1_700_000_000_000), notice(id, 2)]));
    expect(heardThere.notices).toEqual(heardHere.notices);
    expect(ofOne.record.notices).toEqual(heardThere.notices);
    expect([heardHere.missed, heardThere.missed]).toEqual([0, 0]);
  });

  test("ten thousand notices of ten thousand videos all arrive, gathered into few messages of less than 8,000 bytes", async () => {
    const { url, here, there } = await twoNodes();
    const payloads: string[] = [];
    const database = await engineDatabaseAt(url);
    const listener = { onPayload: (payload: string) => void payloads.push(payload), onGap() {} };
    onTestFinished(await database.listen("reelwire_videos", listener, silentLogger));
    const heard = listenTo(there);
    const sent = Array.from({ length: 10_000 }, (_, index) => notice(newVideoId(), 1 + (index % 5), index || null));
    for (const one of sent) here.publish(one);
    await soon(() => expect(heard.notices).toHaveLength(sent.length));
    expect(heard).toEqual({ notices: sent, missed: 0 });
    const carried = () => payloads.flatMap((payload) => unpackNotices(payload)?.notices ?? []);
    await soon(() => expect(carried()).toHaveLength(sent.length));
    expect(payloads.length).toBeLessThan(200);
    for (const payload of payloads) expect(Buffer.byteLength(payload)).toBeLessThan(8_000);
  });

  test("several of one video at once become one, of the newest version and the latest look", async () => {
    const { here, there } = await twoNodes();
    const heard = listenTo(there);
    const [id, other] = [newVideoId(), newVideoId()];
    for (const [version, lastCheckedAt] of [
      [2, 10],
      [3, null],
      [2, 30],
      [1, 20],
    ] as const) {
      here.publish(notice(id, version, lastCheckedAt));
    }
    here.publish(notice(other, 1));
    await soon(() => expect(heard.notices).toEqual([notice(id, 3, 30), notice(other, 1)]));
  });

  test("what cannot be read, and what is too long to be sent, says that something was missed", async () => {
    const { url, here, there } = await twoNodes();
    const heard = listenTo(there);
    const database = await engineDatabaseAt(url);
    await sql`SELECT pg_notify('reelwire_videos', 'from another release')`.execute(database.kysely);
    await soon(() => expect(heard).toEqual({ notices: [], missed: 1 }));
    here.publish({ ...notice(newVideoId()), owner: { project: "p", subject: "x".repeat(8_000) } });
    await soon(() => expect(heard).toEqual({ notices: [], missed: 2 }));
    const after = notice(newVideoId());
    here.publish(after);
    await soon(() => expect(heard).toEqual({ notices: [after], missed: 2 }));
  });

  test("who was cut off says so once it listens again, and hears what comes later", async () => {
    const { url, here, there } = await twoNodes();
    const heard = listenTo(there);
    for (const times of [1, 2, 3]) {
      await cutConnections(url);
      await soon(() => expect(heard.missed).toBe(times));
      const later = notice(newVideoId(), times);
      here.publish(later);
      await soon(() => expect(heard.notices.at(-1)).toEqual(later));
    }
    expect(heard.notices).toHaveLength(3);
  });

  test("what is published while the database is away is sent when it is back, the newest of each video", async () => {
    const url = await postgresUrl();
    const network = await networkTo(url);
    const failed = Promise.withResolvers<void>();
    const log: Logger = {
      ...silentLogger,
      warn: (_, message) => message.startsWith("notifying failed") && failed.resolve(),
    };
    const [here, there] = [await busAt(network.url, log), await busAt(url)];
    const [heardHere, heardThere] = [listenTo(here), listenTo(there)];
    await network.goDown();
    const [id, other] = [newVideoId(), newVideoId()];
    for (const version of [1, 2, 3]) here.publish(notice(id, version));
    here.publish(notice(other, 1));
    expect(heardHere.notices).toHaveLength(4);
    // Another node's, which this one cannot hear.
    there.publish(notice(other, 2));
    await failed.promise;
    await network.comeUp();
    await soon(() => expect(heardThere.notices).toEqual([notice(other, 2), notice(id, 3), notice(other, 1)]));
    await soon(() => expect(heardHere.missed).toBe(1));
    expect(heardThere.missed).toBe(0);
  });

  test("closing sends what was just published, and ends while the database is away", async () => {
    const url = await postgresUrl();
    const network = await networkTo(url);
    const [here, there] = [await busAt(network.url), await busAt(url)];
    const heard = listenTo(there);
    const id = newVideoId();
    here.publish(notice(id));
    await here.close();
    await soon(() => expect(heard.notices).toEqual([notice(id)]));

    const away = await busAt(network.url);
    await network.goDown();
    away.publish(notice(id, 2));
    await away.close();
    expect(heard.notices).toHaveLength(1);
  });
});
