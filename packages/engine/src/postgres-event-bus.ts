import { randomUUID } from "node:crypto";
import { sql } from "kysely";
import type { PostgresDatabase } from "./database/postgres.ts";
import type { EngineSchema } from "./database/schema.ts";
import { createLocalEventBus, type EventBus, type VideoNotice } from "./event-bus.ts";
import type { Logger } from "./logger.ts";
import { packNotices, unpackNotices } from "./notice-payload.ts";
import { createBackoff } from "./timing.ts";
import { pause } from "./wake.ts";

const CHANNEL = "reelwire_videos";

/**
 * How long notices are gathered before they are sent together, in milliseconds. Each transaction that notifies takes a lock
 * of the whole server until it has committed, so it is one of its own, and not one for each video.
 */
const GATHER_MS = 20;

/**
 * The bus of many nodes, over LISTEN and NOTIFY. Listeners on the same node hear at once, those on others some 20 ms later.
 * Every node hears everything and looks up who wants it, which costs it about a microsecond a notice.
 *
 * Notices are never lost on purpose: while the database is away they are kept, the newest of each video. Whoever was not
 * listening when one was sent is told that some may be `missed`.
 */
export async function createPostgresEventBus(db: PostgresDatabase<EngineSchema>, log: Logger): Promise<EventBus> {
  const local = createLocalEventBus();
  const self = randomUUID();
  const closing = new AbortController();
  const backoff = createBackoff(100, 5_000, Math.random);
  let gathered = new Map<string, VideoNotice>();
  let sending: Promise<void> | null = null;

  function gather(notice: VideoNotice): void {
    const before = gathered.get(notice.videoId);
    gathered.set(notice.videoId, before === undefined ? notice : newest(before, notice));
  }

  async function send(): Promise<void> {
    const notices = gathered;
    gathered = new Map();
    if (notices.size === 0) return;
    try {
      const payloads = packNotices(self, [...notices.values()]);
      await sql`SELECT pg_notify(${CHANNEL}, payload) FROM unnest(${payloads}::text[]) AS payload`.execute(db.kysely);
      backoff.reset();
    } catch (error) {
      for (const notice of notices.values()) gather(notice);
      log.warn({ reason: error instanceof Error ? error.message : String(error) }, "notifying failed, trying again");
      await pause(backoff.nextMs(), closing.signal);
    }
  }

  async function sendAll(): Promise<void> {
    await pause(GATHER_MS, closing.signal);
    while (gathered.size > 0 && !closing.signal.aborted) await send();
    sending = null;
  }

  const stopListening = await db.listen(
    CHANNEL,
    {
      onPayload(payload) {
        const message = unpackNotices(payload);
        if (message === null) local.miss();
        else if (message.from !== self) for (const notice of message.notices) local.publish(notice);
      },
      onGap: () => local.miss(),
    },
    log,
  );

  return {
    publish(notice) {
      local.publish(notice);
      gather(notice);
      sending ??= sendAll();
    },
    onVideo: local.onVideo,
    onAny: local.onAny,
    async close() {
      closing.abort();
      await sending;
      await send();
      await stopListening();
      await local.close();
    },
  };
}

function newest(a: VideoNotice, b: VideoNotice): VideoNotice {
  const { version } = a.version > b.version ? a : b;
  return { ...b, version, lastCheckedAt: Math.max(a.lastCheckedAt ?? 0, b.lastCheckedAt ?? 0) || null };
}
